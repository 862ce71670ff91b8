// @ts-check
// A badge: what was counted, and how much of it passed.

const SIZE = 11;
const HEIGHT = 22;
const PAD = 8;
const GREEN = '#1a7f37';
const BLUE = '#0b63b8';
const GREY = '#3d444d';

/** About as wide as it is set; the text is fitted to it. @param {string} text */
function widthOf(text) {
  let width = 0;
  for (const char of text)
    width += /[ ilj.,]/.test(char) ? 3.6 : /[trf]/.test(char) ? 4.5 : /[csz]/.test(char) ? 5.8 : /[mwMW]/.test(char) ? 10 : 7;
  return Math.round(width);
}

/** Green when all of it passed. @param {string} label @param {{ passed: number, of: number }} score */
export function badgeSvg(label, score) {
  const value = badgeText(score);
  const [left, right] = [widthOf(label), widthOf(value)];
  const middle = left + 2 * PAD;
  const width = middle + right + 2 * PAD;
  const fill = score.passed === score.of ? GREEN : BLUE;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" ` +
    `font-family="Verdana,'DejaVu Sans',sans-serif" font-size="${SIZE}" fill="#fff">\n` +
    `<title>${label}: ${value}</title>\n` +
    `<rect width="${width}" height="${HEIGHT}" rx="4" fill="${GREY}"/>\n` +
    `<path d="M${middle} 0H${width - 4}a4 4 0 0 1 4 4V${HEIGHT - 4}a4 4 0 0 1 -4 4H${middle}z" fill="${fill}"/>\n` +
    `<text x="${PAD}" y="15" textLength="${left}">${label}</text>\n` +
    `<text x="${middle + PAD}" y="15" textLength="${right}">${value}</text>\n` +
    '</svg>\n'
  );
}

/** @param {{ passed: number, of: number }} score */
export const badgeText = ({ passed, of }) => `${passed} of ${of}`;
