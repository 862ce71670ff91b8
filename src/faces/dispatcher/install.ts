/**
 * Where copies of undici keep the dispatcher of those who name none. undici 6, and so Node.js 20 and 22, uses the first; 7 (Node.js 24) writes
 * both and reads the first; 8 (Node.js 26) writes both and reads the second.
 */
const PLACES = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')] as const;

const globals = globalThis as unknown as Record<symbol, unknown>;

/** Puts a dispatcher into the places of the global one. The function returned gives back what was there, unless somebody else has put something since. */
export function installGlobally(dispatcher: object): () => void {
  // the built-in undici is loaded when it is first needed; what it puts there is to be here before, or it could not be given back
  void globalThis.Response;
  const before = PLACES.map((place) => (place in globals ? { value: globals[place] } : null));
  for (const place of PLACES) put(place, dispatcher);
  return () => {
    PLACES.forEach((place, i) => {
      if (globals[place] !== dispatcher) return;
      const was = before[i] ?? null;
      if (was === null) delete globals[place];
      else globals[place] = was.value;
    });
  };
}

/** As undici does it, but that a place that was not there can be taken away again. */
function put(place: symbol, value: unknown): void {
  if (place in globals) globals[place] = value;
  else Object.defineProperty(globals, place, { value, writable: true, enumerable: false, configurable: true });
}
