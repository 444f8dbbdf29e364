/** A mail server that keeps what it is sent and passes nothing on. It speaks as much of SMTP as a sender needs. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface CaughtMail {
  from: string;
  to: string;
  /** By lower-case name, decoded. */
  headers: Record<string, string>;
  text: string;
}

export interface MailCatcher extends AsyncDisposable {
  url: string;
  /** In the order of their arrival. */
  mails: CaughtMail[];
  /** What is answered to a recipient and to a whole letter; 250 takes it. */
  answers: { recipient: string; letter: string };
}

/** Starts one on a free port of this machine. It keeps the last `most` letters. */
export async function startMailCatcher(most = Number.POSITIVE_INFINITY): Promise<MailCatcher> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    converse(socket, catcher.answers, (mail) => {
      catcher.mails.push(mail);
      if (catcher.mails.length > most) catcher.mails.shift();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens at a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  const catcher: MailCatcher = {
    url: `smtp://127.0.0.1:${port}`,
    mails: [],
    answers: { recipient: '250 ok', letter: '250 ok' },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return catcher;
}

function converse(socket: Socket, answers: MailCatcher['answers'], keep: (mail: CaughtMail) => void): void {
  const say = (line: string) => socket.write(`${line}\r\n`);
  let from = '';
  let to = '';
  let letter: string[] | null = null;
  say('220 catcher');
  createInterface({ input: socket }).on('line', (line) => {
    if (letter !== null) {
      if (line !== '.') return void letter.push(line.replace(/^\.\./, '.'));
      if (answers.letter.startsWith('250')) keep({ from, to, ...read(letter) });
      letter = null;
      return say(answers.letter);
    }
    const [, address = ''] = /<(.*)>/.exec(line) ?? [];
    switch (line.slice(0, 4).toUpperCase()) {
      case 'MAIL':
        from = address;
        return say('250 ok');
      case 'RCPT':
        to = address;
        return say(answers.recipient);
      case 'DATA':
        letter = [];
        return say('354 go on');
      case 'QUIT':
        say('221 bye');
        return void socket.end();
      default:
        return say('250 catcher');
    }
  });
}

function read(lines: string[]): Pick<CaughtMail, 'headers' | 'text'> {
  const end = lines.indexOf('');
  const unfolded = lines
    .slice(0, end)
    .join('\n')
    .replace(/\n[ \t]+/g, ' ')
    .split('\n');
  const headers = Object.fromEntries(
    unfolded.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), decodedWords(line.slice(at + 1).trim())];
    }),
  );
  const body = lines.slice(end + 1).join('\n');
  const encoding = headers['content-transfer-encoding'];
  if (encoding === 'base64') return { headers, text: Buffer.from(body, 'base64').toString() };
  return { headers, text: encoding === 'quoted-printable' ? fromQuoted(body.replace(/=\n/g, '')) : body };
}

/** `=?UTF-8?B?…?=` and `=?UTF-8?Q?…?=`. */
function decodedWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('latin1')
        : fromQuoted(word.replaceAll('_', ' '), 'latin1'),
    )
    .replace(/[\u0080-\u00ff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString());
}

function fromQuoted(text: string, as: 'utf8' | 'latin1' = 'utf8'): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString(as);
}
