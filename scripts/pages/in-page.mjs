// What is looked at from inside of a page. Each function is sent to the browser as it stands, so it knows nothing of this file.

/** Colours and places that change slowly have arrived. */
export async function settled() {
  getComputedStyle(document.body).color;
  const finite = document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
  await Promise.allSettled(finite.map((animation) => animation.finished));
}

/** Text that is too faint: less than 4.5 : 1 against what is behind it, 3 : 1 where it is large (WCAG 2.2, 1.4.3). @returns {{ seen: number, problems: string[] }} */
export function contrast() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  /** @type {Map<string, number[]>} */
  const known = new Map();
  /** Red, green and blue from 0 to 255, and how opaque from 0 to 1; of any spelling that browsers know. @param {string} color */
  const read = (color) => {
    const found = known.get(color);
    if (found || !canvas) return found ?? [0, 0, 0, 0];
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
    known.set(color, [r, g, b, a / 255]);
    return [r, g, b, a / 255];
  };
  // what lies behind a page that says nothing of it
  const probe = document.documentElement.appendChild(document.createElement('i'));
  probe.style.backgroundColor = 'Canvas';
  const canvasColor = read(getComputedStyle(probe).backgroundColor);
  probe.remove();
  /** @param {number[]} top @param {number[]} below */
  const over = ([r = 0, g = 0, b = 0, a = 0], below) =>
    [r, g, b].map((value, i) => value * a + (below[i] ?? 255) * (1 - a)).concat(1);
  /** What is behind an element. @param {Element | null} element @returns {number[]} */
  const behind = (element) => {
    if (element === null) return canvasColor;
    const color = read(getComputedStyle(element).backgroundColor);
    return color[3] === 1 ? color : over(color, behind(element.parentElement));
  };
  /** @param {number[]} color */
  const light = (color) => {
    const [r = 0, g = 0, b = 0] = color.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** @param {Element} element */
  const opacity = (element) => {
    let all = 1;
    for (let at = /** @type {Element | null} */ (element); at !== null; at = at.parentElement)
      all *= Number(getComputedStyle(at).opacity);
    return all;
  };
  /** @type {Set<string>} */
  const problems = new Set();
  let seen = 0;
  /** @param {Element} element @param {string} text @param {CSSStyleDeclaration} style */
  const judge = (element, text, style) => {
    seen++;
    const back = behind(element);
    const [r = 0, g = 0, b = 0, a = 1] = read(element.closest('svg') ? style.fill : style.color);
    const front = over([r, g, b, a * opacity(element)], back);
    const [dark = 0, bright = 0] = [light(front), light(back)].sort((one, other) => one - other);
    const ratio = (bright + 0.05) / (dark + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) {
      const place = `${element.tagName.toLowerCase()}${element.className && typeof element.className === 'string' ? `.${element.className.trim().split(/\s+/).join('.')}` : ''}`;
      problems.add(`${ratio.toFixed(2)} : 1 of ${place} "${text.trim().slice(0, 30)}"`);
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const { parentElement: parent, textContent } = node;
    if (parent === null || !textContent?.trim() || parent.closest('script, style, noscript, template, :disabled')) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { width, height } = range.getBoundingClientRect();
    if (width < 1 || height < 1) continue;
    judge(parent, textContent, getComputedStyle(parent));
  }
  for (const input of document.querySelectorAll('input[placeholder], textarea[placeholder]'))
    if (input.checkVisibility({ visibilityProperty: true }))
      judge(input, input.getAttribute('placeholder') ?? '', getComputedStyle(input, '::placeholder'));
  return { seen, problems: [...problems] };
}

/** Pictures that say nothing to those who do not see them. @returns {{ seen: number, problems: string[] }} */
export function images() {
  const pictures = [...document.images];
  const silent = pictures.filter(
    (image) => !image.alt.trim() && image.getAttribute('role') !== 'presentation' && !image.closest('[aria-hidden=true]'),
  );
  return { seen: pictures.length, problems: silent.map(({ src }) => `${src.split('/').at(-1)} has no alt text`) };
}

/** @returns {{ seen: number, problems: string[] }} */
export function language() {
  const problems = [];
  if (!/^[a-z]{2,3}\b/.test(document.documentElement.lang)) problems.push('<html> says no language');
  if (document.title.trim().length < 3) problems.push('there is no title');
  return { seen: 2, problems };
}

/** A page that is wider than its window. @returns {{ seen: number, problems: string[] }} */
export function width() {
  const { scrollWidth } = document.documentElement;
  if (scrollWidth <= innerWidth) return { seen: 1, problems: [] };
  const wide = [...document.body.querySelectorAll('*')]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(-3);
  const who = wide.map((one) => `${one.tagName.toLowerCase()}.${String(one.className).split(' ')[0]}`).join(', ');
  return { seen: 1, problems: [`${scrollWidth} pixels in a window of ${innerWidth}: ${who}`] };
}

/** Remembers how what can be focused looks now, and from now on how it looks when it is. @returns {number} how many there are */
export function watchFocus() {
  const interactive =
    'a[href], button, input, select, textarea, summary, [contenteditable=true], [role=button], [role=link], [role=tab], [role=checkbox], [role=switch], [role=slider], [tabindex]';
  /** @param {Element} element */
  const ring = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor } = getComputedStyle(element);
    const outline = outlineStyle === 'none' || outlineWidth === '0px' ? '' : `${outlineStyle} ${outlineWidth} ${outlineColor}`;
    return [outline, boxShadow, borderColor].join();
  };
  /** What shows the focus: a ring of the element or around it, other colours. @param {Element} element */
  const look = (element) => {
    const { backgroundColor, color, textDecoration } = getComputedStyle(element);
    return [ring(element), element.parentElement && ring(element.parentElement), backgroundColor, color, textDecoration].join();
  };
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  // while a dialog is open there is nothing else
  const open = document.querySelector('dialog:modal') ?? document;
  const elements = [...open.querySelectorAll(interactive)].filter(
    (one) =>
      !one.matches(':disabled, [inert], [inert] *') &&
      one.checkVisibility({ visibilityProperty: true }) &&
      one.getClientRects().length > 0 &&
      // one of several that arrow keys walk through: its group is reached
      !(
        /** @type {HTMLElement} */ (
          one.tabIndex < 0 &&
            (one.closest('[role=tablist], [role=listbox], [role=grid], [role=menu], [role=radiogroup], [role=toolbar]') ||
              !one.matches('a, button, input, select, textarea, summary, [role]'))
        )
      ),
  );
  const before = new Map(elements.map((element) => [element, look(element)]));
  const state = { before, reached: new Set(), faint: new Set() };
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return;
    state.reached.add(target);
    if (before.has(target) && look(target) === before.get(target)) state.faint.add(target);
  });
  Reflect.set(globalThis, 'focusWatch', state);
  return elements.length;
}

/** What Tab has not reached, and what looked no different when it had the focus. @returns {{ seen: number, problems: string[] }} */
export function focusSeen() {
  /** @type {{ before: Map<Element, string>, reached: Set<Element>, faint: Set<Element> }} */
  const { before, reached, faint } = Reflect.get(globalThis, 'focusWatch');
  /** @param {Element} one */
  const name = (one) =>
    `<${one.tagName.toLowerCase()}> "${(one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 30)}"`;
  const lost = [...before.keys()].filter(
    (one) => !reached.has(one) && one.isConnected && one.checkVisibility({ visibilityProperty: true }),
  );
  return {
    seen: reached.size,
    problems: [
      ...lost.map((one) => `Tab does not reach ${name(one)}`),
      ...[...faint].map((one) => `${name(one)} looks the same with the focus`),
    ],
  };
}
