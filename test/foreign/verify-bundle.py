#!/usr/bin/python3
"""
A second verifier, for the tests: it knows nothing of Earshot's code, only the specifications.

  RFC 6962, 2.1      hashes of leaves and nodes
  RFC 9162, 2.1.3.2  verifying an inclusion proof
  RFC 9162, 2.1.4.2  verifying a consistency proof
  RFC 8032           Ed25519 (python3-cryptography of Debian does the arithmetic)
  C2SP signed-note, tlog-checkpoint, tlog-cosignature

  verify-bundle.py BUNDLE    prints {"ok", "entries", "checkpoints", "cosignatures", "errors"} as JSON; exit 0, or 1 with errors

The format of a bundle is in docs/verify.md. The figures are not added up here: this is about the proofs.
"""
import base64
import hashlib
import json
import struct
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Bad(Exception):
    """Something does not hold."""


def sha256(data):
    return hashlib.sha256(data).digest()


def decode(text):
    """RFC 4648, 4, strictly."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise Bad("base64 is not canonical")
    return data


# --- RFC 6962 and 9162


def leaf_hash(entry):
    return sha256(b"\x00" + entry)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def check_inclusion(leaf, leaf_index, tree_size, path, root):
    """RFC 9162, 2.1.3.2, in its own order and with its names."""
    if leaf_index >= tree_size:  # 1
        raise Bad("the index is not in the tree")
    fn, sn = leaf_index, tree_size - 1  # 2
    r = leaf  # 3
    for p in path:  # 4
        if sn == 0:
            raise Bad("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            if not fn & 1:
                while not (fn & 1 or fn == 0):
                    fn >>= 1
                    sn >>= 1
        else:
            r = node_hash(r, p)
        fn >>= 1
        sn >>= 1
    if sn != 0 or r != root:  # 5
        raise Bad("the inclusion proof does not lead to the root")


def check_consistency(first, first_root, second, second_root, path):
    """RFC 9162, 2.1.4.2, in its own order and with its names."""
    if first == second:
        if path or first_root != second_root:
            raise Bad("two trees of one size differ")
        return
    if first == 0:
        if path or first_root != sha256(b""):
            raise Bad("the empty tree is not empty")
        return
    if first > second:
        raise Bad("the tree became smaller")
    path = list(path)
    if not path:  # 1
        raise Bad("the consistency proof is empty")
    if first & (first - 1) == 0:  # 2
        path.insert(0, first_root)
    fn, sn = first - 1, second - 1  # 3
    while fn & 1:  # 4
        fn >>= 1
        sn >>= 1
    fr = sr = path[0]  # 5
    for c in path[1:]:  # 6
        if sn == 0:
            raise Bad("the consistency proof is too long")
        if fn & 1 or fn == sn:
            fr = node_hash(c, fr)
            sr = node_hash(c, sr)
            while not (fn & 1 or fn == 0):
                fn >>= 1
                sn >>= 1
        else:
            sr = node_hash(sr, c)
        fn >>= 1
        sn >>= 1
    if fr != first_root or sr != second_root or sn != 0:  # 7
        raise Bad("the consistency proof does not lead to both roots")


# --- C2SP


class Key:
    """A verifier key: NAME+hex(ID)+base64(TYPE || KEY)."""

    def __init__(self, text, wanted_type):
        self.text = text
        self.name, key_id, rest = text.split("+", 2)
        data = decode(rest)
        self.id = bytes.fromhex(key_id)
        if data[0] != wanted_type or len(data) != 33:
            raise Bad("a key is of another type")
        if sha256(self.name.encode() + b"\n" + data)[:4] != self.id:
            raise Bad("the id of a key is not made of it")
        self.public = Ed25519PublicKey.from_public_bytes(data[1:])

    def check(self, signature, message):
        try:
            self.public.verify(signature, message)
        except InvalidSignature:
            raise Bad("a signature of %s is not good" % self.name) from None


def read_note(note):
    """Text and signatures of a signed note."""
    if not note.endswith("\n") or any(ord(unit) < 32 and unit != "\n" for unit in note):
        raise Bad("the note is malformed")
    text, split, rest = note.rpartition("\n\n")
    if not split:
        raise Bad("the note has no signatures")
    signatures = []
    for line in rest[:-1].split("\n"):
        dash, name, blob = line.split(" ")
        if dash != "\u2014":
            raise Bad("a signature line is malformed")
        data = decode(blob)
        signatures.append((name, data[:4], data[4:]))
    return text + "\n", signatures


def by(signatures, key):
    return [data for name, key_id, data in signatures if name == key.name and key_id == key.id]


def check_note(note, key):
    """The text of a note that this key has signed."""
    text, signatures = read_note(note)
    own = by(signatures, key)
    if not own:
        raise Bad("the note is not signed by %s" % key.text)
    for signature in own:
        key.check(signature, text.encode())
    return text


def check_cosignatures(note, witnesses):
    """How many cosignatures of these witnesses are on the note; all of them have to be good."""
    text, signatures = read_note(note)
    count = 0
    for witness in witnesses:
        for data in by(signatures, witness):
            (time,) = struct.unpack(">Q", data[:8])
            witness.check(data[8:], ("cosignature/v1\ntime %d\n" % time + text).encode())
            count += 1
    return count


# --- the bundle


def check_bundle(data):
    lines = data.decode("utf-8").split("\n")
    if lines.pop() != "":
        raise Bad("the file was cut")
    parsed = [json.loads(line) for line in lines]
    head, *middle, seal = parsed
    if head.get("kind") != "earshot-bundle" or head.get("v") != 1 or seal.get("kind") != "seal":
        raise Bad("this is not a bundle")
    keys = [Key(text, 1) for text in head["keys"]]
    witnesses = [Key(text, 4) for text in head.get("witnesses", [])]
    entries = [line for line in middle if line["kind"] == "entry"]
    checkpoints = [line for line in middle if line["kind"] == "checkpoint"]
    if middle != entries + checkpoints:
        raise Bad("lines are out of order")

    # From each announcement on, the next key signs.
    turns = []
    for line in entries:
        entry = json.loads(line["entry"])
        if entry["kind"] == "key":
            old = keys[len(turns)]
            message = "earshot-key/v1\n%s\n%s\n" % (head["origin"], entry["next"])
            old.check(decode(entry["signature"]), message.encode())
            turns.append(line["index"])
            if keys[len(turns)].text != entry["next"]:
                raise Bad("the next key is another one")

    if len(keys) != len(turns) + 1:
        raise Bad("the head has keys that nobody announced")

    before = None
    cosignatures = 0
    for line in checkpoints:
        origin, size, root = read_note(line["note"])[0].split("\n")[:3]
        size, root = int(size), decode(root)
        check_note(line["note"], keys[sum(index < size for index in turns)])
        cosignatures += check_cosignatures(line["note"], witnesses)
        if origin != head["origin"]:
            raise Bad("a checkpoint is of another log")
        path = [decode(each) for each in line["consistency"]]
        if before:
            check_consistency(before[0], before[1], size, root, path)
        elif path:
            raise Bad("the first checkpoint follows another one")
        before = (size, root)

    last_index = -1
    for line in entries:
        if line["index"] <= last_index:
            raise Bad("entry %d is out of order" % line["index"])
        last_index = line["index"]
        path = [decode(each) for each in line["proof"]]
        check_inclusion(leaf_hash(line["entry"].encode()), last_index, before[0], path, before[1])

    sealed = "".join(line + "\n" for line in lines[:-1]).encode()
    text = check_note(seal["note"], keys[-1])
    hashed = base64.b64encode(sha256(sealed)).decode()
    if text != "earshot-bundle/v1\n%s\n%d\n%s\n" % (head["origin"], len(lines) - 1, hashed):
        raise Bad("the seal is of other lines")
    return {"entries": len(entries), "checkpoints": len(checkpoints), "cosignatures": cosignatures}


def main():
    found = {"ok": True, "errors": []}
    try:
        with open(sys.argv[1], "rb") as file:
            found.update(check_bundle(file.read()))
    except (Bad, ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error) as error:
        found = {"ok": False, "errors": ["%s: %s" % (type(error).__name__, error)]}
    print(json.dumps(found))
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
