// What qrc: URLs name is kept by the engine; the class that users know reaches it from here.
export { type ResourceSource, registerResource, unregisterResource } from '../../engine/assembly.ts';
