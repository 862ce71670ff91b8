// What is wrong with a URL, and what puts it right: `import { diagnose } from 'qnetwork/doctor'`.
export { diagnose } from './tools/doctor/diagnose.ts';
export type { ChainLink, DiagnoseOptions, Diagnosis, Finding, FindingCode, Fix } from './tools/doctor/diagnosis.ts';
export { diagnosisText } from './tools/doctor/text.ts';
