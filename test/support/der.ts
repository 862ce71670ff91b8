export * from '../../src/testing/certificates/der.ts';
