import { type ResourceSource, registerResource, unregisterResource } from '../bridge/resources.ts';

/**
 * What `qrc:` URLs name (Qt: QResource; there compiled in, here registered while the program runs, or by a module that `qnam rcc` has made).
 * A resource never leaves the folder it was registered from.
 *
 *     QResource.registerResource('/help', 'docs/help');            // a folder
 *     QResource.registerResource('/icons', { 'ok.svg': '<svg/>' }); // bytes or text by name, or functions that give it
 *     const page = await manager.get('qrc:/help/index.html').text();
 */
export class QResource {
  /** Throws a TypeError when the prefix or the source cannot be used. The same prefix again replaces what was there. */
  static registerResource(prefix: string, folderOrFiles: ResourceSource): void {
    registerResource(prefix, folderOrFiles);
  }

  /** False when nothing was registered under the prefix. */
  static unregisterResource(prefix: string): boolean {
    return unregisterResource(prefix);
  }
}
