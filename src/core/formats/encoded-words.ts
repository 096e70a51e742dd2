/** One RFC 2047 encoded word: charset (with a language after `*`), encoding, text. */
const word = String.raw`=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bq])\?([^?\s]*)\?=`;

interface EncodedWord {
  readonly charset: string;
  readonly bytes: readonly number[];
}

/**
 * Decodes the encoded words of a mail header: `=?UTF-8?q?J=C3=B6rg?=`. Words in a charset that is
 * unknown, or whose bytes are not of it, stay as they are.
 */
export function decodeWords(header: string): string {
  // White space between two encoded words only separates them.
  const joined = header.replace(new RegExp(`(${word})\\s+(?=${word})`, 'gi'), '$1');
  return joined.replace(new RegExp(`(?:${word})+`, 'gi'), (run) => decodeRun(run) ?? run);
}

/** A letter of several bytes may be cut by the end of a word: words of one charset are joined. */
function decodeRun(run: string): string | undefined {
  const groups: EncodedWord[] = [];
  for (const [, charset = '', encoding = '', text = ''] of run.matchAll(new RegExp(word, 'gi'))) {
    const bytes = encoding.toLowerCase() === 'b' ? base64Bytes(text) : quotedBytes(text);
    if (!bytes) return undefined;
    const last = groups.at(-1);
    if (last?.charset !== charset.toLowerCase()) {
      groups.push({ charset: charset.toLowerCase(), bytes });
    } else groups[groups.length - 1] = { charset: last.charset, bytes: [...last.bytes, ...bytes] };
  }
  const texts = groups.map((group) => decoded(group));
  return texts.includes(undefined) ? undefined : texts.join('');
}

function decoded({ charset, bytes }: EncodedWord): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

function base64Bytes(text: string): readonly number[] | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return [...Buffer.from(text, 'base64')];
}

function quotedBytes(text: string): readonly number[] | undefined {
  if (/=(?![0-9A-Fa-f]{2})|[^!-~]/.test(text)) return undefined;
  const escapes = text.replaceAll('_', '=20').matchAll(/=([0-9A-Fa-f]{2})|[^=]/g);
  return [...escapes].map(([letter, hex]) =>
    hex === undefined ? letter.charCodeAt(0) : Number.parseInt(hex, 16),
  );
}
