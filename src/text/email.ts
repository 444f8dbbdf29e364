/** The longest address that mail servers take (RFC 5321). */
const LONGEST_CHARS = 254;
/** One mailbox at a domain with a dot, in letters that need no agreement of the servers on the way. */
const EMAIL =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$/;

/** Whether the text is an e-mail address to which letters can go. */
export function isEmail(text: string): boolean {
  return text.length <= LONGEST_CHARS && EMAIL.test(text);
}
