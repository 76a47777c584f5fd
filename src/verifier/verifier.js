/**
 * Checks an Earshot bundle: the audience figures of one room, with the proof that they were written down while it happened
 * and not changed since. This file is all there is to it. It asks no server, imports nothing, and is plain JavaScript: a
 * page includes it, Node imports it; either way it leaves one name, `earshotVerifier`. From the platform it takes Ed25519.
 *
 * Entries are the leaves of a Merkle tree (RFC 9162; hashes as in RFC 6962). Every few seconds the log signs the tree's
 * root: a checkpoint (C2SP tlog-checkpoint, a signed note). An inclusion proof leads from a leaf to the root of the last
 * checkpoint; a consistency proof shows that a checkpoint only added leaves to the one before. So no entry can change
 * without changing roots that others may have kept. Then the figures themselves are added up again.
 *
 * `verify`, at the end, goes through the file line by line. What does not hold becomes a finding, by `find`.
 */
const MAX_LINE = 1 << 20;
const MAX_TOLD = { findings: 500, notes: 50, letters: 80 };

// Bytes, and the forms in which they are written.

const utf8 = (text) => new TextEncoder().encode(text);
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** The bytes of a base64 text, which must be written in the one right way. */
function bytesOf(text, length) {
  const bytes = Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
  if (base64(bytes) !== text || (length ?? bytes.length) !== bytes.length) throw new Error('base64');
  return bytes;
}

/** JSON in its one canonical form (RFC 8785), all numbers whole. What is written otherwise was touched later. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return 'not whole';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

// SHA-256 (FIPS 180-4). WebCrypto has it too, but not piece by piece, and slowly for the many short texts of a tree.

const primes = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
/** The first 32 bits of the fractions of square roots and cube roots of primes. */
const START = Int32Array.from(primes.slice(0, 8), (prime) => (Math.sqrt(prime) % 1) * 2 ** 32);
const ROUNDS = Int32Array.from(primes, (prime) => (Math.cbrt(prime) % 1) * 2 ** 32);
const SCHEDULE = new Int32Array(64);
const plus = (a, b) => (a + b) | 0;
const turn = (word, bits) => (word >>> bits) | (word << (32 - bits));

class Sha256 {
  #state = START.slice();
  #block = new DataView(new ArrayBuffer(64));
  #length = 0;

  update(bytes) {
    let at = this.#length % 64;
    for (let i = 0; i < bytes.length; i++) {
      this.#block.setUint8(at++, bytes[i]);
      if (at === 64) this.#compress();
      at %= 64;
    }
    this.#length += bytes.length;
    return this;
  }

  digest() {
    const end = new DataView(new ArrayBuffer(9 + ((119 - (this.#length % 64)) % 64)));
    end.setUint8(0, 0x80);
    end.setUint32(end.byteLength - 8, this.#length / 2 ** 29);
    end.setUint32(end.byteLength - 4, this.#length * 8);
    this.update(new Uint8Array(end.buffer));
    const out = new DataView(new ArrayBuffer(32));
    for (let i = 0; i < 8; i++) out.setInt32(i * 4, this.#state[i]);
    return new Uint8Array(out.buffer);
  }

  #compress() {
    const [w, state] = [SCHEDULE, this.#state];
    for (let t = 0; t < 16; t++) w[t] = this.#block.getUint32(t * 4);
    for (let t = 16; t < 64; t++) {
      const small = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ (w[t - 15] >>> 3);
      const large = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ (w[t - 2] >>> 10);
      w[t] = plus(plus(w[t - 16], small), plus(w[t - 7], large));
    }
    let { 0: a, 1: b, 2: c, 3: d, 4: e, 5: f, 6: g, 7: h } = state;
    for (let t = 0; t < 64; t++) {
      const mixed = plus(turn(e, 6) ^ turn(e, 11) ^ turn(e, 25), (e & f) ^ (~e & g));
      const one = plus(plus(h, mixed), plus(ROUNDS[t], w[t]));
      const two = plus(turn(a, 2) ^ turn(a, 13) ^ turn(a, 22), (a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = plus(d, one);
      d = c;
      c = b;
      b = a;
      a = plus(one, two);
    }
    const now = [a, b, c, d, e, f, g, h];
    for (let i = 0; i < 8; i++) state[i] += now[i];
  }
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), new Sha256()).digest();

// The Merkle tree (RFC 6962, 2.1). A leaf is hashed after a 0, two nodes after a 1: neither can pass for the other.

const leafHash = (entry) => sha256([0], entry);
const nodeHash = (left, right) => sha256([1], left, right);
/** Of a tree of so many leaves, how many are in its left subtree: the largest power of two that leaves some. */
const leftOf = (size) => 2 ** Math.ceil(Math.log2(size) - 1);

/**
 * The root of `size` leaves from `from` on, by a proof: the subtrees beside the way down to leaf `at`, lowest first. The
 * way ends where `end` knows a root; false: there is none that fits. `meet` is told the root of each subtree on the way.
 */
function rootByProof(proof, at, from, size, end, meet) {
  let root = end(from, size, proof);
  if (root === undefined && size > 1 && proof.length > 0) {
    const [left, other, rest] = [leftOf(size), proof.at(-1), proof.slice(0, -1)];
    const isLeft = at < from + left;
    const way = rootByProof(rest, at, isLeft ? from : from + left, isLeft ? left : size - left, end, meet);
    meet(isLeft ? from + left : from, isLeft ? size - left : left, other);
    root = way && (isLeft ? nodeHash(way, other) : nodeHash(other, way));
  }
  if (root) meet(from, size, root);
  return root || undefined;
}

const rootByInclusion = (leaf, index, size, proof, meet) =>
  rootByProof(proof, index, 0, size, (_, length, rest) => (length === 1 ? rest.length === 0 && leaf : undefined), meet);

/** The root of `size` leaves from `from` on, from the roots of the subtrees that are known by `from size`. */
function rootFrom(nodes, from, size) {
  const left = leftOf(size);
  if (size < 2 || nodes.has(`${from} ${size}`)) return nodes.get(`${from} ${size}`);
  const [one, other] = [rootFrom(nodes, from, left), rootFrom(nodes, from + left, size - left)];
  return one && other && nodeHash(one, other);
}

/** Whether the tree of the older checkpoint is the beginning of the newer one's. */
function isConsistent(older, newer, proof) {
  if (older.size === 0) return proof.length === 0 && same(older.root, sha256());
  const nodes = new Map();
  // The way to the older tree's last leaf ends at the largest whole subtree with which that tree ends.
  const end = (from, size, rest) => {
    if (from + size !== older.size) return undefined;
    return from === 0 ? rest.length === 0 && older.root : rest.length === 1 && rest[0];
  };
  const meet = (from, size, hash) => nodes.set(`${from} ${size}`, hash);
  const now = rootByProof(proof, older.size - 1, 0, newer.size, end, meet);
  const before = now && rootFrom(nodes, 0, older.size);
  return before !== undefined && same(before, older.root) && same(now, newer.root);
}

// Signed notes (C2SP signed-note), and checkpoints and cosignatures in that form.

/** A verifier key, `name+id+key`. The id is made of name, type (1: a log, 4: a witness) and key: it fits no other. */
async function readKey(text, type) {
  const [, name, id, rest] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const bytes = bytesOf(rest, 33);
  if (bytes[0] !== type || !hex(sha256(utf8(`${name}\n`), bytes)).startsWith(id)) throw new Error('key');
  const key = await crypto.subtle.importKey('raw', bytes.subarray(1), 'Ed25519', false, ['verify']);
  return { text, name, id, verify: (signature, of) => crypto.subtle.verify('Ed25519', key, signature, utf8(of)) };
}

/** A note's text, and its signatures: whose, by which key, and the bytes. */
function readNote(note) {
  const at = note.lastIndexOf('\n\n') + 1;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what may not be there.
  if (at === 0 || !note.endsWith('\n') || /[\0-\x09\x0b-\x1f]/.test(note)) throw new Error('note');
  const lines = note.slice(at + 1, -1).split('\n');
  if (lines.length > 64) throw new Error('note');
  const signatures = lines.map((line) => {
    const [, name, rest] = /^\u2014 ([^\s+]+) (\S+)$/.exec(line);
    const bytes = bytesOf(rest);
    return { name, id: hex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
  });
  return { text: note.slice(0, at), signatures };
}

const isOf = (key) => (one) => one.name === key.name && one.id === key.id;

/** Whether a note is signed by this key, and each of its signatures is good. */
async function isSigned({ text, signatures }, key) {
  const good = await Promise.all(signatures.filter(isOf(key)).map(({ bytes }) => key.verify(bytes, text)));
  return good.length > 0 && good.every(Boolean);
}

/** A checkpoint: whose log, how many leaves, and their root. */
function readCheckpoint(text) {
  const note = readNote(text);
  const [, origin, size, root] = /^(.+)\n(0|[1-9]\d{0,14})\n(.+)\n$/.exec(note.text);
  return { ...note, origin, size: Number(size), root: bytesOf(root, 32) };
}

// What is told: findings do not hold, notes should be known. A page may say the same in another language.

const SAYS = {
  empty: 'The file is empty.',
  'not-a-bundle': 'This is not an Earshot bundle: its first line does not say so.',
  'line-ends': 'Its line ends were changed (CR LF), or a mark put before it: take the file as it was downloaded.',
  newer: 'This was made by a newer version of Earshot: a newer verifier is needed.',
  'long-line': 'A line is longer than a mebibyte. No bundle has such lines; this one is read no further.',
  'no-ed25519': 'Ed25519 signatures cannot be checked here: that takes a newer browser, and https or a saved page.',
  'not-a-checkpoint': 'The checkpoint to compare with is none: three lines, an empty one and signatures are expected.',
  'not-utf8': 'This line is not UTF-8: bytes in it were changed.',
  'not-json': 'This line is not whole: it was changed, or the file was cut.',
  'not-canonical': 'This is not written as the log writes (canonical JSON): it was changed, or written anew.',
  shape: 'A part of it is missing, or is not what it has to be: it was changed.',
  order: 'It does not belong after what is before it: lines were moved, doubled or added.',
  'unknown-log': 'None of its keys is the one that you know: this may be the bundle of another log.',
  'no-checkpoint': 'No signed checkpoint is at the end: nothing shows that the entries were in the log.',
  'not-in-log': 'The log does not have this entry in this form and place: entry, number or proof was changed.',
  'too-new': 'It is newer than the last checkpoint: nothing shows that it was in the log.',
  definitions: 'It names other definitions than those that the log has: figures would mean something else.',
  'other-room': 'It belongs to another room, {room}.',
  sequence: 'It is number {seq} of the room where {due} is due: entries were removed, doubled or moved.',
  chain: "It does not follow the room's entry before it: one of the two was changed or exchanged.",
  corrects: 'It corrects or answers an entry that does not come before it.',
  minutes: 'Its minute is not after the one of the entry before it.',
  samples: 'It has a sample at {at} s, which is out of order or not of its minute.',
  more: '{what} is {a}: more than {than}, which is {b}.',
  unequal: '{what} is {a}, but {than} is {b}.',
  fell: '{what} went down, from {a} to {b}.',
  difference: '{what} is {a} here and was {b} live: that is not explained as it should be.',
  rotation: 'Keys in the head and in the log are not the same, or the old key did not sign the new one.',
  'other-log': 'The checkpoint of {size} entries is of another log.',
  unsigned: 'The checkpoint of {size} entries is not signed by the key of its time: it was changed or made up.',
  fork: 'Two checkpoints of {size} entries differ: the log has shown two histories (a fork).',
  inconsistent: 'From {before} to {size} entries, the log was not only added to; or a checkpoint is missing.',
  cosignature: 'The cosignature of {name} under {size} entries is not good.',
  'no-seal': 'The seal at the end is missing: the file was cut.',
  seal: 'The seal is not that of the lines before it: one of them was changed, added or left out.',
  'seen-unsigned': 'No key of this bundle signed the checkpoint to compare with: it is of another log.',
  'seen-fork': 'The log had another history when the checkpoint to compare with was made (a fork).',
  'seen-tail': 'The checkpoint to compare with has {more} entries more: the end is cut off, or the bundle is older.',
  'seen-unknown': 'The checkpoint to compare with, of {size} entries, is none of those in this bundle.',
  'more-findings': 'There are more findings than are told here.',
  'unknown-member': '“{name}” means nothing to this verifier: it was not looked at.',
  'unknown-signer': '{name} signed too, with a key that the bundle does not name: it was not checked.',
  open: 'The room is not closed in this bundle: later entries may exist.',
};

const shortened = (value) => (typeof value === 'number' ? value : String(value).slice(0, MAX_TOLD.letters));

/** What was found, each with its place in the file. What the file says is repeated shortened. */
class Report {
  findings = [];
  notes = [];
  place = {};

  find(code, values = {}) {
    if (this.findings.length < MAX_TOLD.findings) this.findings.push({ ...this.place, ...told(code, values) });
    else this.note('more-findings');
  }

  note(code, values = {}) {
    const [one, { notes }] = [told(code, values), this];
    if (notes.length < MAX_TOLD.notes && !notes.some(({ reason }) => reason === one.reason)) notes.push(one);
  }
}

function told(code, given = {}) {
  const values = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, shortened(value)]));
  return { code, values, reason: SAYS[code].replace(/\{(\w+)\}/g, (_, name) => String(values[name])) };
}

// The room: its chain of entries, and its figures minute by minute.

/** How net figures have to stand to each other, where all are there. Some are added up here again. */
const RULES = [
  'join_success ≤ join_attempts',
  'join_success + join_failures ≤ join_attempts',
  'avg_concurrent ≤ peak_concurrent',
  'tuned_in_live + replay_listens = listens_total',
  'peak_concurrent = max(samples)',
  'listening_seconds = Σ seconds',
  'join_failures = Σ failures',
  'tuned_in_live + drop_ins = sessions',
].map((rule) => rule.split(/ ([≤=]) /));
const PARTED = ['join_failures', 'listening_seconds', 'listens_total'];
/** What never goes down. */
const RISING =
  `join_attempts join_retries join_success join_failures listening_seconds listens_total visits tuned_in_live
  replay_listens peak_concurrent post_impressions embed_impressions downloads`.split(/\s+/);
/** The one reason not to count that may end: with a first proof. */
const FALLING = 'bytes-without-proof';
const sum = (numbers) => Object.values(numbers ?? {}).reduce((all, one) => all + one, 0);
/** By how much estimates (`sampled`, `sketched`) among these figures may miss. */
const slackOf = (...figures) => sum(figures.map((one) => (/^s/.test(one.method) ? (one.error ?? 0) : 0)));

class Room {
  entries = 0;
  closed = false;
  minutes = [];
  #chain = { seq: 0, hash: '' };
  #definitions = '';
  #added = { peak: 0, seconds: 0 };
  #gap = false;
  #posts = { __proto__: null };
  #last = { minute: -1, total: {}, excluded: {} };

  constructor(report, name) {
    this.find = report.find.bind(report);
    this.name = name;
  }

  /** One entry of the log; `leaf` is its hash. */
  entry(entry, leaf) {
    const { kind, room, seq, previous, corrects, answers, total } = entry;
    if (kind === 'gap') this.#gap = true;
    if (kind === 'definitions') this.#definitions = hex(sha256(utf8(canonical(entry.definitions))));
    const named = { definitions: entry.sha256, minute: entry.definitions }[kind] ?? this.#definitions;
    if (named !== this.#definitions) this.find('definitions');
    if (room === undefined) return;
    this.entries++;
    this.closed ||= kind === 'final' || (kind === 'happening' && entry.what === 'ended');
    if (room !== this.name) this.find('other-room', { room });
    if (seq !== this.#chain.seq + 1) this.find('sequence', { seq, due: this.#chain.seq + 1 });
    else if (previous !== this.#chain.hash) this.find('chain');
    this.#chain = { seq, hash: hex(leaf) };
    if ((corrects ?? answers ?? (kind === 'correction' ? seq : 0)) >= seq) this.find('corrects');
    if (kind === 'minute') this.#minute(entry);
    else if (total) this.#total(total, kind === 'final');
    for (const post of kind === 'posts' ? entry.posts : []) this.#post(post);
    if (kind === 'final') this.#final(total, entry.differences);
  }

  /** Two numbers must be as the sign between them says; `slack` is by how much they may miss. */
  #must(what, a, sign, than, b, slack = 0) {
    const miss = sign === '=' ? Math.abs(a - b) : a - b;
    if (miss > slack) this.find({ '≤': 'more', '=': 'unequal', '↑': 'fell' }[sign], { what, a, than, b });
  }

  /** Figures by the rules; `added` is what was added up of the minutes. */
  #total(total, closes, added = {}) {
    for (const [id, figure] of Object.entries(total)) {
      this.#must(`${id} (net)`, figure.net, '≤', `${id} (gross)`, figure.gross, slackOf(figure));
      if (PARTED.includes(id) && figure.parts) this.#must(id, figure.net, '=', 'Σ parts', sum(figure.parts));
    }
    for (const [left, sign, right] of RULES) {
      const [a, b] = [left, right].map((side) => side.split(' + ').map((name) => total[name] ?? { net: added[name] }));
      const [is, most] = [a, b].map((figures) => figures.reduce((all, { net }) => all + net, 0));
      const strict = closes && left.endsWith('join_failures') ? '=' : sign;
      this.#must(left, is, strict, right, most, slackOf(...a, ...b));
    }
  }

  #minute({ minute, samples, status, total, seconds, excluded, failures, sessions, sampling }) {
    const [before, added] = [this.#last, this.#added];
    if (minute <= before.minute) this.find('minutes');
    const miss = sampling < 1e6 ? (total.listeners_now?.error ?? 0) : 0;
    let next = minute * 60;
    for (const [at, s, c, m, gross] of samples) {
      if (at < next || at >= minute * 60 + 60 || at % 10 !== 0) this.find('samples', { at });
      this.#must('m', m, '≤', 'min(s, c)', Math.min(s, c), miss);
      this.#must('min(s, c)', Math.min(s, c), '≤', 'gross', gross, miss);
      added.peak = Math.max(added.peak, status === 'client_only' ? c : m);
      next = at + 10;
    }
    added.seconds += seconds.stage + seconds.standby;
    // What a gap swallowed is in the totals but in no minute: from there on minutes are added to what it left.
    if (this.#gap) added.peak = total.peak_concurrent?.net ?? added.peak;
    if (this.#gap) added.seconds = total.listening_seconds?.net ?? added.seconds;
    const again = { 'max(samples)': added.peak, 'Σ seconds': added.seconds, sessions };
    this.#total(total, false, { ...again, ...(failures && { 'Σ failures': sum(failures) }) });
    // A session that turns out not to count leaves the net figures; nothing else may.
    let left = 0;
    for (const [why, count] of Object.entries(excluded)) left += Math.max(0, count - (before.excluded[why] ?? 0));
    for (const id of RISING) {
      const [was, is] = [before.total, total].map((figures) => figures[id] ?? { net: 0, gross: 0 });
      // Of the sample with the most listeners, gross is what it was just then.
      if (id !== 'peak_concurrent') this.#must(`${id} (gross)`, was.gross, '↑', '', is.gross, slackOf(was, is));
      this.#must(id, was.net, '↑', '', is.net, slackOf(was, is) + left);
    }
    for (const [why, count] of Object.entries(before.excluded))
      if (why !== FALLING) this.#must(why, count, '↑', '', excluded[why] ?? 0);
    this.minutes = [this.minutes[0] ?? minute, minute];
    this.#gap = false;
    this.#last = { minute, total, excluded };
  }

  /** A post of another account: what it counted never goes down. */
  #post({ of, total }) {
    this.#total(total);
    for (const id in total) this.#must(`${of}: ${id}`, this.#posts[of]?.[id]?.net ?? 0, '↑', '', total[id].net);
    this.#posts[of] = total;
  }

  /** Every difference between the last live figures and the final ones is told, with a reason, and no other. */
  #final(total, differences) {
    for (const [what, { net }] of Object.entries(total)) {
      const live = this.#last.total[what]?.net ?? 0;
      const row = differences.find(({ metric }) => metric === what) ?? { live: net, final: net };
      if (row.live !== live || row.final !== net || row.why === '') this.find('difference', { what, a: net, b: live });
    }
  }
}

// The bundle: who signs when, and its lines one after the other.

/** The file cannot be judged at all. */
class Unreadable extends Error {}

/** Members that have a meaning, in any line or entry. */
const KNOWN = `v kind room title origin keys witnesses made index entry proof note consistency seq previous at total
  excluded minute status samples seconds failures reactions sessions sampling definitions differences corrects why what detail
  claim author text verdict file records sha256 from to lost next signature answers written posts`.split(/\s+/);
const STAGES = ['earshot-bundle', 'entry', 'checkpoint', 'seal'];

class Bundle {
  report = new Report();
  witnesses = {};
  #lines = 0;
  #stage = 0;
  #index = -1;
  #rotations = [];
  #hash = new Sha256();
  #nodes = new Map();

  constructor(file, trusted, seen) {
    Object.assign(this, { file, trusted, seen });
  }

  async line(bytes) {
    const { report } = this;
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const named = /"index":(\d{1,15})[,}]/.exec(text);
    report.place = { ...(named && { leaf: Number(named[1]) }), line: ++this.#lines };
    const isFirst = this.#lines === 1;
    try {
      if (!same(utf8(text), bytes)) report.find('not-utf8');
      const line = this.#parsed(text.endsWith('\n') ? text.slice(0, -1) : `${text}…`);
      const stage = STAGES.indexOf(line.kind);
      if (!isFirst && (stage < Math.max(this.#stage, 1) || this.#stage === 3)) report.find('order');
      this.#stage = Math.max(this.#stage, stage);
      if (isFirst && /^(\uFEFF|\{.*\r\n$)/.test(text)) throw new Unreadable('line-ends');
      if (isFirst) await this.#head(line);
      else if (stage > 0) await [this.#entry, this.#checkpoint, this.#seal][stage - 1].call(this, line);
    } catch (error) {
      if (isFirst) throw error instanceof Unreadable ? error : new Unreadable('not-a-bundle');
      report.find('shape');
    }
    this.#hash.update(bytes);
  }

  /** What a text says: an object in canonical form. */
  #parsed(text) {
    let found = {};
    try {
      found = Object(JSON.parse(text));
      if (canonical(found) !== text) this.report.find('not-canonical');
    } catch {
      this.report.find('not-json');
    }
    for (const name of Object.keys(found)) if (!KNOWN.includes(name)) this.report.note('unknown-member', { name });
    return found;
  }

  async #head(head) {
    if (head.kind !== 'earshot-bundle') throw new Unreadable('not-a-bundle');
    if (head.v !== 1) throw new Unreadable('newer');
    if (![head.room, head.title, head.origin].every((text) => typeof text === 'string')) throw new Error('head');
    const read = (texts, type) => Promise.all(texts.map((text) => readKey(text, type)));
    [this.keys, this.cosigners] = [await read(head.keys, 1), await read(head.witnesses ?? [], 4)];
    [this.head, this.room] = [head, new Room(this.report, head.room)];
    this.anchor = await this.#lastCheckpoint().catch(() => undefined);
    if (!this.anchor) this.report.find('no-checkpoint');
    if (this.trusted && !head.keys.includes(this.trusted)) this.report.find('unknown-log');
  }

  /** The last checkpoint, to which all proofs lead, if a key of the log signed it. */
  async #lastCheckpoint() {
    const end = await this.file.slice(Math.max(0, this.file.size - 2 * MAX_LINE)).text();
    const line = end.split('\n').findLast((one) => one.startsWith('{"consistency":'));
    const checkpoint = readCheckpoint(JSON.parse(line).note);
    const good = await Promise.all(this.keys.map((key) => isSigned(checkpoint, key)));
    return good.includes(true) ? checkpoint : undefined;
  }

  async #entry({ index, entry, proof }) {
    const [{ report, anchor, seen }, leaf] = [this, leafHash(utf8(entry))];
    if (!(Number.isInteger(index) && index > this.#index)) report.find('order');
    this.#index = index;
    // Of the nodes on the way, those are kept of which the root of the checkpoint seen elsewhere consists.
    const meet = (from, size, hash) => {
      const isNeeded = from + size <= seen?.size && from % (2 * size) === 0 && from + 2 * size > seen.size;
      if (isNeeded) this.#nodes.set(`${from} ${size}`, hash);
    };
    const hashes = proof.map((hash) => bytesOf(hash, 32));
    const root = index < anchor?.size && rootByInclusion(leaf, index, anchor.size, hashes, meet);
    if (index >= anchor?.size) report.find('too-new');
    else if (anchor && !(root && same(root, anchor.root))) report.find('not-in-log');
    const said = this.#parsed(entry);
    if (said.v > 1) report.find('newer');
    this.room.entry(said, leaf);
    if (said.kind === 'key') await this.#rotate(said, index);
  }

  /** The key that signs a checkpoint of this size: from each `key` entry on, the next one. */
  #keyAt(size) {
    return this.keys[this.#rotations.filter((index) => index < size).length] ?? this.keys.at(-1);
  }

  async #rotate({ next, signature }, index) {
    const text = `earshot-key/v1\n${this.head.origin}\n${next}\n`;
    const good = await this.#keyAt(index).verify(bytesOf(signature, 64), text);
    if (this.#rotations.length < this.keys.length) this.#rotations.push(index);
    if (!good || this.keys[this.#rotations.length]?.text !== next) this.report.find('rotation');
  }

  async #checkpoint({ note, consistency }) {
    const [{ report, last, seen }, now] = [this, readCheckpoint(note)];
    const [{ size, root }, proof] = [now, consistency.map((hash) => bytesOf(hash, 32))];
    if (now.origin !== this.head.origin) report.find('other-log', { size });
    if (!(await isSigned(now, this.#keyAt(size)))) report.find('unsigned', { size });
    for (const signature of now.signatures) await this.#cosigned(now, signature);
    if (size < last?.size) report.find('order');
    else if (size === last?.size && !same(last.root, root)) report.find('fork', { size });
    else if (last ? !isConsistent(last, now, proof) : proof.length > 0)
      report.find('inconsistent', { size, before: last?.size ?? 0 });
    if (seen?.size === size) seen.ours = root;
    this.last = now;
  }

  async #cosigned({ text, size }, signature) {
    const { name, bytes } = signature;
    const [witness, isLog] = [this.cosigners, this.keys].map((keys) => keys.find((key) => isOf(key)(signature)));
    if (!witness) return isLog ?? this.report.note('unknown-signer', { name });
    const time = Number(new DataView(bytes.slice(0, 8).buffer).getBigUint64(0));
    const good = await witness.verify(bytes.subarray(8), `cosignature/v1\ntime ${time}\n${text}`);
    if (!good) this.report.find('cosignature', { name, size });
    else if (size >= (this.witnesses[name]?.size ?? 0)) this.witnesses[name] = { size, time };
  }

  async #seal({ note }) {
    const read = readNote(note);
    const text = `earshot-bundle/v1\n${this.head.origin}\n${this.#lines - 1}\n${base64(this.#hash.digest())}\n`;
    if (read.text !== text || !(await isSigned(read, this.keys.at(-1)))) this.report.find('seal');
    // Whoever could add a key of their own to the head could seal whatever they like.
    if (this.keys.length !== this.#rotations.length + 1) this.report.find('rotation');
  }

  /** After the last line: what only the whole file can show, and what it was about. */
  async end() {
    const { report, room, head, last, seen, witnesses } = this;
    report.place = {};
    if (this.#stage < 3) report.find('no-seal');
    if (!room.closed) report.note('open');
    // Only a checkpoint that was kept elsewhere can show that the end was cut off, or a second history.
    const ours = seen && (seen.ours ?? rootFrom(this.#nodes, 0, seen.size));
    const isOurs = seen?.origin === head.origin && (await isSigned(seen, this.#keyAt(seen.size)));
    if (seen && !isOurs) report.find('seen-unsigned');
    else if (seen?.size > (last?.size ?? 0)) report.find('seen-tail', { more: seen.size - (last?.size ?? 0) });
    else if (seen && !ours) report.find('seen-unknown', { size: seen.size });
    else if (seen && !same(ours, seen.root)) report.find('seen-fork');
    const [first, until] = room.minutes;
    const checkpoint = last ? { size: last.size, root: base64(last.root) } : null;
    const about = { room: head.room, title: head.title, origin: head.origin, keys: head.keys, entries: room.entries };
    return { ...about, ...(until && { minutes: { first, last: until } }), checkpoint, witnesses };
  }
}

/** Each line, with its line feed. */
async function* linesOf(file, progress) {
  for (let at = 0; at < file.size; progress(at, file.size)) {
    const piece = new Uint8Array(await file.slice(at, at + MAX_LINE + 1).arrayBuffer());
    let from = 0;
    for (let to = piece.indexOf(10) + 1; to > 0; to = piece.indexOf(10, from) + 1) {
      yield piece.subarray(from, to);
      from = to;
    }
    if (from === 0 && piece.length > MAX_LINE) throw new Unreadable('long-line');
    if (from === 0) yield piece;
    at += from || piece.length;
  }
}

/**
 * Checks a bundle, given as a `Blob`. `seen`: a checkpoint of the same log that was kept elsewhere; `key`: the log's key,
 * where it is known; `progress` is told how many bytes of how many are done.
 */
async function verify(file, { seen, key, progress = () => {} } = {}) {
  const need = (work, code) => work().catch(() => Promise.reject(new Unreadable(code)));
  const ed25519 = async () => crypto.subtle.importKey('raw', new Uint8Array(32), 'Ed25519', false, ['verify']);
  const known = async () => (seen === undefined ? seen : readCheckpoint(`${seen.replaceAll('\r', '').trim()}\n`));
  try {
    if (file.size === 0) throw new Unreadable('empty');
    await need(ed25519, 'no-ed25519');
    const bundle = new Bundle(file, key, await need(known, 'not-a-checkpoint'));
    for await (const line of linesOf(file, progress)) await bundle.line(line);
    const [found, { findings, notes }] = [await bundle.end(), bundle.report];
    return { ok: findings.length === 0, unreadable: false, ...found, findings, notes };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const why = { findings: [told(error.message)], notes: [] };
    return { ok: false, unreadable: true, room: null, entries: 0, checkpoint: null, ...why };
  }
}

globalThis.earshotVerifier = { verify, SAYS, sha256, hex };
