import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { QAuthenticator } from '../../../src/index.ts';

it('says nothing at first', () => {
  const form = new QAuthenticator();
  expect([form.isNull(), form.user(), form.password(), form.realm(), form.option('realm'), form.options()]).toEqual([
    ...[true, '', '', '', null, {}],
  ]);
});

it('is a value', () => {
  const form = new QAuthenticator();
  form.setUser('ada');
  form.setOption('realm', 'A');
  const copy = new QAuthenticator(form);
  expect(copy.equals(form)).toBe(true);
  form.setOption('realm', 'B');
  copy.options()['realm'] = 'C';
  expect([form.option('realm'), copy.option('realm')]).toEqual(['B', 'A']);
});

it('differs in each thing it says', () => {
  const changes: ((form: QAuthenticator) => void)[] = [
    (form) => form.setUser('b'),
    (form) => form.setPassword('b'),
    (form) => form.setRealm('b'),
    (form) => form.setOption('x', null),
    (form) => form.detach(),
  ];
  for (const change of changes) {
    const form = new QAuthenticator();
    change(form);
    expect(form.equals(new QAuthenticator())).toBe(false);
    expect(new QAuthenticator().equals(form)).toBe(false);
    expect(form.isNull()).toBe(false);
    form.clear();
    expect(form.equals(new QAuthenticator())).toBe(true);
  }
});

it('shows no secret', () => {
  const form = new QAuthenticator();
  form.setRealm('Library');
  form.setUser('ada');
  form.setPassword('secret');
  expect(inspect(form, { showHidden: true })).toBe("QAuthenticator(realm 'Library', user set)");
  expect(JSON.stringify(form)).toBe('{}');
});

it('takes texts', () => {
  const form = new QAuthenticator();
  expect(() => form.setPassword(Buffer.from('x') as never)).toThrow(
    new TypeError('QAuthenticator.setPassword expects a string; got object.'),
  );
  expect(() => form.setUser(undefined as never)).toThrow(TypeError);
});
