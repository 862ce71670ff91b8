/**
 * The Huffman code of RFC 7541, Appendix B. It is canonical: symbols of one length are numbered upwards, in the order of their values,
 * so the lengths say it all. Symbol 256 marks the end and never appears.
 */
const BY_LENGTH: Readonly<Record<number, readonly number[]>> = {
  5: octets('012aceiost'),
  6: octets(' %-./3456789=A_bdfghlmnpru'),
  7: octets(':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz'),
  8: octets('&*,;XZ'),
  10: octets('!"()?'),
  11: octets("'+|"),
  12: octets('#>'),
  13: octets('\0$@[]~'),
  14: octets('^}'),
  15: octets('<`{'),
  19: [92, 195, 208],
  20: [128, 130, 131, 162, 184, 194, 224, 226],
  21: [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230],
  22: [
    129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232,
    233,
  ],
  23: [
    1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182, 183, 188,
    191, 197, 231, 239,
  ],
  24: [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237],
  25: [199, 207, 234, 235],
  26: [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255],
  27: [203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254],
  28: [2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249],
  30: [10, 13, 22, 256],
};

function octets(text: string): number[] {
  return Array.from(text, (symbol) => symbol.charCodeAt(0));
}

const END = 256;

/** Codes and their lengths by symbol. */
const codes = new Uint32Array(257);
const lengths = new Uint8Array(257);
/** Steps of four bits: `state * 16 + nibble` gives the next state, or -1 where no code goes, and what is complete on the way. */
let nextState = new Int16Array(0);
let complete = new Int16Array(0);
/** States in which a text may end: between two symbols, or within ones that fill up the last octet (5.2). */
let mayEnd = new Uint8Array(0);

/** Made when the first text is coded: most programs never speak HTTP/2. */
function prepare(): void {
  let code = 0;
  let length = 0;
  for (const [bits, symbols] of Object.entries(BY_LENGTH)) {
    code <<= Number(bits) - length;
    length = Number(bits);
    for (const symbol of symbols) {
      codes[symbol] = code++;
      lengths[symbol] = length;
    }
  }
  makeSteps(makeTree());
}

/** Two entries a node: where 0 and 1 lead; a leaf is the negative of its symbol less one. */
function makeTree(): number[] {
  const tree = [0, 0];
  for (let symbol = 0; symbol <= END; symbol++) {
    let node = 0;
    for (let bit = lengths[symbol]! - 1; bit >= 0; bit--) {
      const at = node * 2 + ((codes[symbol]! >>> bit) & 1);
      if (bit === 0) tree[at] = -symbol - 1;
      else if (tree[at] === 0) {
        tree[at] = tree.length / 2;
        tree.push(0, 0);
      }
      node = tree[at]!;
    }
  }
  return tree;
}

function makeSteps(tree: readonly number[]): void {
  const nodes = tree.length / 2;
  nextState = new Int16Array(nodes * 16);
  complete = new Int16Array(nodes * 16).fill(-1);
  mayEnd = new Uint8Array(nodes);
  for (let node = 0, ones = 0; ones < 8; ones++) {
    mayEnd[node] = 1;
    node = tree[node * 2 + 1]!;
  }
  for (let state = 0; state < nodes; state++) {
    for (let nibble = 0; nibble < 16; nibble++) makeStep(tree, state, nibble);
  }
}

function makeStep(tree: readonly number[], state: number, nibble: number): void {
  const at = state * 16 + nibble;
  let node = state;
  for (let bit = 3; bit >= 0; bit--) {
    const to = tree[node * 2 + ((nibble >> bit) & 1)]!;
    if (to === -END - 1) {
      nextState[at] = -1;
      return;
    }
    if (to < 0) complete[at] = -to - 1;
    node = Math.max(to, 0);
  }
  nextState[at] = node;
}

/** Octets that the text takes when it is coded. */
export function huffmanLength(text: string): number {
  if (nextState.length === 0) prepare();
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += lengths[text.charCodeAt(i) & 0xff]!;
  return (bits + 7) >> 3;
}

/** Writes the text coded, and says where it ends. */
export function huffmanWrite(text: string, target: Buffer, at: number): number {
  if (nextState.length === 0) prepare();
  let held = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 0xff;
    // at most 7 bits are left over and a code has 30 at most: too many for a shift of 32 bits, so long ones go in two parts
    let length = lengths[symbol]!;
    let code = codes[symbol]!;
    if (length > 24) {
      held = (held << (length - 24)) | (code >>> 24);
      bits += length - 24;
      code &= 0xffffff;
      length = 24;
      for (; bits >= 8; bits -= 8) target[at++] = held >>> (bits - 8);
    }
    held = ((held & 0xff) << length) | code;
    bits += length;
    for (; bits >= 8; bits -= 8) target[at++] = held >>> (bits - 8);
  }
  if (bits > 0) target[at++] = (held << (8 - bits)) | (0xff >> bits);
  return at;
}

/** The text between two places, or null when it is not coded as it should be. */
export function huffmanText(b: Buffer, from: number, to: number): string | null {
  if (nextState.length === 0) prepare();
  // no code is shorter than 5 bits
  const text = Buffer.allocUnsafe(Math.ceil(((to - from) * 8) / 5));
  let size = 0;
  let state = 0;
  for (let i = from; i < to; i++) {
    const octet = b[i]!;
    for (let at = state * 16 + (octet >> 4), half = 0; half < 2; half++) {
      const symbol = complete[at]!;
      if (symbol >= 0) text[size++] = symbol;
      state = nextState[at]!;
      if (state < 0) return null;
      at = state * 16 + (octet & 15);
    }
  }
  return mayEnd[state] === 1 ? text.toString('latin1', 0, size) : null;
}
