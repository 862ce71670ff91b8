// A page that shows live what a manager sends and gets: `import { startInspector } from 'qnetwork/inspector'`.
export { Inspector, type InspectorOptions, startInspector } from './tools/inspector/start.ts';
