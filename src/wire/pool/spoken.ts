/**
 * What is remembered of a route: it spoke HTTP/1 when it had the choice; it masters HTTP/2; it closed an HTTP/2 connection without a
 * word; it is not to be offered HTTP/2 again.
 */
type Word = 'http1' | 'http2' | 'silent' | 'http1-only';

const MOST_ROUTES = 1_000;

/** Which HTTP the servers behind routes speak, so that the next connection is opened as the last one showed. */
export class Spoken {
  private readonly words = new Map<string, Word>();

  isHttp1(key: string): boolean {
    const word = this.words.get(key);
    return word === 'http1' || word === 'http1-only';
  }

  isHttp1Only(key: string): boolean {
    return this.words.get(key) === 'http1-only';
  }

  isHttp2(key: string): boolean {
    return this.words.get(key) === 'http2';
  }

  http1(key: string): void {
    if (!this.isHttp1Only(key)) this.note(key, 'http1');
  }

  http2(key: string): void {
    if (!this.isHttp2(key)) this.note(key, 'http2');
  }

  http1Only(key: string): void {
    this.note(key, 'http1-only');
  }

  /** True = not for the first time. */
  fellSilent(key: string): boolean {
    const again = this.words.get(key) === 'silent';
    if (!again) this.note(key, 'silent');
    return again;
  }

  clear(): void {
    this.words.clear();
  }

  private note(key: string, word: Word): void {
    this.words.delete(key);
    this.words.set(key, word);
    if (this.words.size > MOST_ROUTES) this.words.delete(this.words.keys().next().value!);
  }
}
