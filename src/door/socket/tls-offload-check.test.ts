import { expect, test } from 'vitest';
import { type Openssl, openOpenssl } from '../../native/openssl.ts';
import { checkLightTls } from './tls-offload-check.ts';

const found = await openOpenssl();
if (typeof found === 'string') throw new Error(found);
const openssl: Openssl = found;

test('the OpenSSL of this Node passes', async () => {
  expect(await checkLightTls(openssl)).toBeUndefined();
});

test.each([
  [
    'a cipher that encrypts otherwise after its first key',
    {
      aeads: new Map(
        [...openssl.aeads].map(([name, aead]) => {
          const [first] = [Buffer.alloc(32)];
          let used = false;
          return [
            name,
            {
              ...aead,
              encrypt(key: Uint8Array, ...rest: [Uint8Array, Uint8Array, Uint8Array]) {
                if (!used) first.set(key);
                used = true;
                return aead.encrypt(first, ...rest);
              },
            },
          ];
        }),
      ),
    },
    'encrypts otherwise',
  ],
  [
    'a key that is not told',
    {
      rekey() {
        throw new Error('OpenSSL did not tell its new key');
      },
    },
    'did not tell its new key',
  ],
  [
    'another key than the one it uses',
    {
      rekey(connection: bigint) {
        const rekeyed = openssl.rekey(connection);
        return rekeyed && { secret: Buffer.alloc(32), record: () => rekeyed.record() };
      },
    },
    'bad record mac',
  ],
  ['a change of keys that it refuses', { rekey: () => undefined }, 'could not be taken over'],
  [
    'a connection that is not found',
    { made: (begin: () => void) => void begin() },
    'could not be taken over',
  ],
] as [string, Partial<Openssl>, string][])('%s is found out', async (_, odd, words) => {
  expect(await checkLightTls({ ...openssl, ...odd })).toContain(words);
});
