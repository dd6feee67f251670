// UTF-8, which the engine in a component has no functions for.

/** The text in some bytes of UTF-8, which the host has checked. */
export function decode(bytes, start = 0, end = bytes.length) {
  let text = "";
  for (let at = start; at < end; ) {
    const first = bytes[at++];
    if (first < 0x80) {
      text += String.fromCharCode(first);
    } else if (first < 0xe0) {
      text += String.fromCharCode(((first & 31) << 6) | (bytes[at++] & 63));
    } else if (first < 0xf0) {
      const code = ((first & 15) << 12) | ((bytes[at++] & 63) << 6) | (bytes[at++] & 63);
      text += String.fromCharCode(code);
    } else {
      const high = ((first & 7) << 18) | ((bytes[at++] & 63) << 12);
      text += String.fromCodePoint(high | ((bytes[at++] & 63) << 6) | (bytes[at++] & 63));
    }
  }
  return text;
}

/** The bytes of a text. */
export function encode(text) {
  const bytes = [];
  for (const character of text) {
    const code = character.codePointAt(0);
    const tail = (shift) => 0x80 | ((code >> shift) & 63);
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(0));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(6), tail(0));
    else bytes.push(0xf0 | (code >> 18), tail(12), tail(6), tail(0));
  }
  return Uint8Array.from(bytes);
}
