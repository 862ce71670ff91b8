export type Child = Node | string | null;

/** Makes an element. Attributes are set as they are; there is no way to put HTML in. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]!);
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function button(
  label: string,
  about: string,
  pressed: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLButtonElement {
  const element = h('button', { type: 'button', title: about, ...attributes }, label);
  element.addEventListener('click', pressed);
  return element;
}

/** Calls back once before the next frame, however often it is asked. */
export function onceAFrame(f: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      f();
    });
  };
}

/** Sets text only where it is another one: the browser does not ask. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
