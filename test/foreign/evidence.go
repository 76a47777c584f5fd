// Checks a bundle of the evidence log with Go's own implementation of transparency logs (golang.org/x/mod/sumdb), which
// knows nothing of Earshot: signatures, inclusion and consistency proofs; and with a second argument, the folder of a
// log, makes the whole tree anew from its entries and compares the signed root and every tile. Debian: golang-go and
// golang-golang-x-mod-dev.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run test/foreign/evidence.go FILE.earshot-bundle [data/evidence]
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type line struct {
	Kind        string
	Keys        []string
	Origin      string
	Index       int64
	Entry       string
	Proof       []string
	Note        string
	Consistency []string
}

func fail(what string, err error) {
	if err != nil {
		fmt.Println(what+":", err)
		os.Exit(1)
	}
}

func hashOf(text string) tlog.Hash {
	decoded, err := base64.StdEncoding.DecodeString(text)
	fail("base64", err)
	var hash tlog.Hash
	if copy(hash[:], decoded) != tlog.HashSize {
		fail("hash", fmt.Errorf("%q is too short", text))
	}
	return hash
}

func hashes(list []string) []tlog.Hash {
	var all []tlog.Hash
	for _, text := range list {
		all = append(all, hashOf(text))
	}
	return all
}

// fileOf is where C2SP tlog-tiles has a tile: named as Go names it, without the height; a partial one begins a file.
func fileOf(dir string, tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	path = strings.Replace(path, "tile/data/", "tile/entries/", 1)
	if at := strings.Index(path, ".p/"); at >= 0 {
		path = path[:at]
	}
	return filepath.Join(dir, path)
}

// checkTiles makes the whole tree anew from the files of entries, and compares root and tiles.
func checkTiles(dir string, tree tlog.Tree) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for number := int64(0); number*256 < tree.N; number++ {
		rest, err := os.ReadFile(fileOf(dir, tlog.Tile{H: 8, L: -1, N: number, W: 256}))
		fail("entries", err)
		for n := number * 256; n < (number+1)*256 && n < tree.N; n++ {
			length := binary.BigEndian.Uint16(rest)
			more, err := tlog.StoredHashes(n, rest[2:2+length], reader)
			fail("entries", err)
			stored = append(stored, more...)
			rest = rest[2+length:]
		}
	}
	root, err := tlog.TreeHash(tree.N, reader)
	fail("root", err)
	if root != tree.Hash {
		fail("root", fmt.Errorf("the entries make another one than was signed"))
	}
	for _, tile := range tlog.NewTiles(8, 0, tree.N) {
		wanted, err := tlog.ReadTileData(tile, reader)
		fail("tile", err)
		found, err := os.ReadFile(fileOf(dir, tile))
		fail("tile", err)
		if len(found) < len(wanted) || !bytes.Equal(found[:len(wanted)], wanted) {
			fail("tile", fmt.Errorf("%s is not made from the entries", tile.Path()))
		}
	}
}

func main() {
	file, err := os.Open(os.Args[1])
	fail("bundle", err)
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	var verifiers note.Verifiers
	var entries []line
	var tree tlog.Tree
	checkpoints := 0
	for scanner.Scan() {
		var one line
		fail("line", json.Unmarshal(scanner.Bytes(), &one))
		switch one.Kind {
		case "earshot-bundle":
			var list []note.Verifier
			for _, key := range one.Keys {
				verifier, err := note.NewVerifier(key)
				fail("key", err)
				list = append(list, verifier)
			}
			verifiers = note.VerifierList(list...)
		case "entry":
			entries = append(entries, one)
		case "checkpoint":
			opened, err := note.Open([]byte(one.Note), verifiers)
			fail("checkpoint", err)
			text := strings.Split(opened.Text, "\n")
			size, err := strconv.ParseInt(text[1], 10, 64)
			fail("size", err)
			next := tlog.Tree{N: size, Hash: hashOf(text[2])}
			if tree.N > 0 {
				fail("consistency", tlog.CheckTree(hashes(one.Consistency), next.N, next.Hash, tree.N, tree.Hash))
			}
			tree = next
			checkpoints++
		case "seal":
			_, err := note.Open([]byte(one.Note), verifiers)
			fail("seal", err)
		}
	}
	fail("bundle", scanner.Err())
	for _, one := range entries {
		leaf := tlog.RecordHash([]byte(one.Entry))
		fail("inclusion", tlog.CheckRecord(hashes(one.Proof), tree.N, tree.Hash, one.Index, leaf))
	}
	if len(os.Args) > 2 {
		checkTiles(os.Args[2], tree)
	}
	fmt.Printf("%d entries, %d checkpoints, a tree of %d: all hold\n", len(entries), checkpoints, tree.N)
}
