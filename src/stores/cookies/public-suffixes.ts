import type { PublicSuffixes } from '../../contract/cookie.ts';

type List = typeof import('tldts');

/** Names come in normal form, so the package need not read them as URLs; the private part of the list (`github.io`) counts too. */
const OPTIONS = {
  allowPrivateDomains: true,
  detectIp: false,
  extractHostname: false,
  mixedInputs: false,
  validateHostname: false,
};

let list: List | undefined;

/** The list is large and most programs never need it: it is loaded when a cookie first names a domain of several labels. */
function loaded(): List {
  if (list === undefined) {
    const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);
    list = require('tldts') as List;
  }
  return list;
}

/** The list of publicsuffix.org, as the package `tldts` carries it. */
export const publicSuffixes: PublicSuffixes = { isPublicSuffix, registrableDomain, isAboveSuffix };

function suffixOf(name: string): string {
  return loaded().getPublicSuffix(name, OPTIONS) ?? name;
}

/** A label that no rule names. */
const NOBODY = 'qnetwork-asks.';

/** Whether there is a rule for everything right below. */
function hasWildcard(name: string): boolean {
  return suffixOf(NOBODY + name) === NOBODY + name;
}

/**
 * The package takes `kobe.jp` for a public suffix because of the rule `*.kobe.jp`. By the list's own algorithm it is none, unless another
 * rule makes it one.
 */
function isPublicSuffix(domain: string): boolean {
  const name = rootless(domain);
  if (suffixOf(name) !== name) return false;
  return !hasWildcard(name) || !name.includes('.') || hasWildcard(parentOf(name));
}

function registrableDomain(host: string): string | null {
  const name = rootless(host);
  const domain = loaded().getDomain(name, OPTIONS);
  if (domain !== null || !name.includes('.') || isPublicSuffix(name)) return domain;
  return registrableDomain(parentOf(name)) ?? name;
}

function isAboveSuffix(domain: string, host: string): boolean {
  return suffixOf(rootless(host)).endsWith('.' + rootless(domain));
}

function parentOf(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

/** A final dot names the root and is no label. */
function rootless(domain: string): string {
  return domain.endsWith('.') ? domain.slice(0, -1) : domain;
}
