// What tests do inside of a page: it runs in the browser, and knows nothing of what is around it here.

/** Whether anything is drawn. */
export function painted(canvas) {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value) => value !== 0);
}

/** Texts that are seen and stand out less than WCAG 2.1 1.4.3 wants. */
export function faintTexts() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const { parentElement: element, textContent } = node;
    if (element === null || (textContent ?? '').trim() === '' || !element.checkVisibility({ checkOpacity: true })) continue;
    if (element.matches(':disabled, :disabled *')) continue;
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(`${textContent} ${contrast.toFixed(2)}`);
  }
  return faint;
}

/** Marks what the tabulator has to stop at, and gives the names of it. Headers of columns and other tabs are reached by arrows. */
export function markStops() {
  const all = [...document.querySelectorAll('button, a, input, select, summary, [tabindex="0"]')];
  const stops = all.filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility());
  stops.forEach((element, i) => {
    element.dataset.stop = String(i);
  });
  return stops.map((element) =>
    (element.getAttribute('aria-label') ?? element.getAttribute('aria-labelledby') ?? element.textContent).trim(),
  );
}

/** Where the focus is. */
export function stop() {
  return document.activeElement?.dataset.stop ?? '';
}

export function lines() {
  return document.querySelectorAll('.rows .row:not([hidden])').length;
}

export function sum() {
  return document.querySelector('.sum')?.textContent ?? '';
}

export function scrollToRow(grid, place) {
  grid.scrollTop = place * 28;
}

export function clipboard() {
  return navigator.clipboard.readText();
}

/** What the page of another site can do to `target`. */
export async function attack(target) {
  const outcome = (answer) =>
    answer.then(
      ({ type }) => type,
      () => 'failed',
    );
  const frame = document.createElement('iframe');
  frame.src = `${target}/`;
  document.body.append(frame);
  await new Promise((resolve) => frame.addEventListener('load', resolve));
  const script = document.createElement('script');
  const loaded = new Promise((resolve) => {
    script.onload = () => resolve('loaded');
    script.onerror = () => resolve('failed');
  });
  script.src = `${target}/page.js`;
  document.body.append(script);
  return {
    read: await outcome(fetch(`${target}/rows/0`, { credentials: 'include' })),
    post: await outcome(fetch(`${target}/clear`, { method: 'POST', credentials: 'include' })),
    script: await loaded,
    frame: frame.contentDocument === null ? 'refused' : 'readable',
  };
}

/** Writes without being able to read. */
export function writeBlindly(target) {
  return fetch(`${target}/clear`, { method: 'POST', mode: 'no-cors', credentials: 'include' }).then(
    () => {},
    () => {},
  );
}

/** Before anything of the page runs: takes down what should never happen. */
export function watchOver() {
  window.run = [];
  window.violations = [];
  window.pwned = (n) => window.run.push(n);
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
    window.violations.push(`${violatedDirective} ${blockedURI} ${sample}`);
  });
}

/** What did happen of it, and elements that the page does not make. */
export function mischief() {
  const strange =
    'script:not([src="/page.js"]), iframe, object, embed, form, base, svg, a:not(.button), img:not([src^="blob:"]), [style*="red"]';
  const handlers = [...document.querySelectorAll('*')].filter((element) =>
    element.getAttributeNames().some((name) => name.startsWith('on')),
  );
  const elements = [...document.querySelectorAll(strange), ...handlers].map(({ outerHTML }) => outerHTML.slice(0, 200));
  return { run: window.run, violations: window.violations, elements };
}

/** What would happen when the page went out of sight, or came back. */
export function hide(hidden) {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
  document.dispatchEvent(new Event('visibilitychange'));
}

/** The row at the top. */
export function scrolledTo(grid) {
  return Math.round(grid.scrollTop / 28);
}

/** Things to press or to read that are not within the window, and cannot be scrolled to. */
export function cutOff() {
  const seen = [...document.querySelectorAll('button, a, select, input, h2, .sum, canvas.waterfall')].filter((element) =>
    element.checkVisibility({ checkVisibilityCSS: true }),
  );
  const out = seen.filter((element) => {
    if (element.closest('.tablist, .panel, .head, .rows') !== null) return false;
    const { left, right } = element.getBoundingClientRect();
    return left < -1 || right > innerWidth + 1;
  });
  const wide = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
  return [...wide, ...out.map((element) => `${element.tagName} ${element.textContent.slice(0, 30)}`)];
}

/** Presses each tab of the details, and each way to look at a body. */
export async function pressTabs() {
  for (const tab of document.querySelectorAll('[role="tab"]')) {
    tab.click();
    for (const look of document.querySelectorAll('.panel .choices [aria-pressed]')) {
      look.click();
      const image = document.querySelector('.panel img');
      const done = (resolve) => {
        for (const type of ['load', 'error']) image.addEventListener(type, resolve);
      };
      if (image !== null) await new Promise(done);
    }
  }
}
