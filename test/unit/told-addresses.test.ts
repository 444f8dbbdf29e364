/** K2: in production a webhook reaches the public internet alone, whatever its address looks like. */
import dns from 'node:dns';
import { createServer } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../src/refusal.ts';
import { postTrouble, postWebhook } from '../../src/told/post-webhook.ts';
import { assertReceiver, isPublic, URL_CHARS } from '../../src/told/public-address.ts';

test.each([
  ...[
    '8.8.8.8',
    '93.184.216.34',
    '172.15.0.1',
    '172.32.0.1',
    '100.128.0.1',
    '2a02:6b8::2:242',
    '2606:4700::1111',
  ],
])('%s is public', (address) => {
  expect(isPublic(address)).toBe(true);
});

test.each([
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...[
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
  ],
  ...[
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
  ],
  ...['fd12:3456::1', 'ff02::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::a00:1'],
  ...['2001:db8::1', '2001::1', '2002:7f00:1::', '100::1', 'fec0::1', '', 'localhost', '1.2.3'],
])('%s is not', (address) => {
  expect(isPublic(address)).toBe(false);
});

describe('an address as it is typed', () => {
  test.each([
    ...[
      'http://example.org/',
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://0x7f.1/',
      'https://[::1]/',
    ],
    ...[
      'https://[::ffff:127.0.0.1]/',
      'https://localhost/',
      'https://db.internal/',
      'https://printer.local./',
    ],
    ...['https://user@example.org/', 'https://169.254.169.254/latest/meta-data', 'file:///etc/passwd', ''],
  ])('%s is refused in production', (url) => {
    expect(() => assertReceiver(url, { publicOnly: true })).toThrow(Refusal);
  });
  test('one that is too long is refused wherever it comes from', () => {
    const ofChars = (n: number) => 'https://example.org/'.padEnd(n, 'x');
    assertReceiver(ofChars(URL_CHARS), { publicOnly: true });
    expect(() => assertReceiver(ofChars(URL_CHARS + 1), { publicOnly: false })).toThrow(Refusal);
  });
  test.each(['https://example.org/hook', 'https://example.org:8443/hook?x=1', 'https://8.8.8.8/'])(
    '%s is taken in production',
    (url) => assertReceiver(url, { publicOnly: true }),
  );
  test.each(['http://127.0.0.1:3000/hook', 'http://localhost/', 'https://10.0.0.1/'])(
    '%s is taken outside of it',
    (url) => assertReceiver(url, { publicOnly: false }),
  );
});

describe('when it is sent', () => {
  const post = (url: string) =>
    postWebhook(
      { url, headers: {}, body: '{}' },
      { timeoutMs: 2000, answerBytes: 1000, publicOnly: true },
    ).catch(postTrouble);

  test.each(['https://127.0.0.1:9/', 'https://[::1]:9/', 'http://93.184.216.34/'])(
    '%s is not tried',
    async (url) => {
      expect(await post(url)).toBe('not-public');
    },
  );

  test('a name that leads into our own network is not connected to, and neither is one that leads there too', async () => {
    const asked = vi.fn();
    const server = createServer(asked).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const found = [
      [{ address: '127.0.0.1', family: 4 }],
      [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    ];
    for (const addresses of found) {
      const lookup = vi
        .spyOn(dns, 'lookup')
        .mockImplementation(((_: string, __: object, done: (e: null, a: object[]) => void) =>
          done(null, addresses)) as never);
      expect(await post(`https://rebound.example:${port}/`)).toBe('not-public');
      expect(lookup).toHaveBeenCalledTimes(1);
      lookup.mockRestore();
    }
    expect(asked).not.toHaveBeenCalled();
    server.close();
  });
});
