// What the machine and OpenSSL have to offer; the classes that users know reach it from here.
export { cipherNames, contextProblem, defaultCiphers, machineAuthorities } from '../../engine/assembly.ts';
