export { HERE, type Minted, mint, type Wanted } from '../../src/testing/certificates/mint.ts';
