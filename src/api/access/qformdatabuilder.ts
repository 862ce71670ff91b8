import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';
import type { BytesLike } from '../core/qbytearray.ts';
import { builtPart, newPartBuilder, type QFormDataPartBuilder } from './qformdatapartbuilder.ts';
import { QHttpMultiPart } from './qhttpmultipart.ts';

/** How file names are sent that are not plain ASCII; can be joined by `|`. */
const Option = makeEnum({
  Default: 0,
  OmitRfc8187EncodedFilename: 1,
  UseRfc7578PercentEncodedFilename: 2,
  PreferLatin1EncodedFilename: 4,
  StrictRfc7578: 3,
});

const ALL = Option.StrictRfc7578 | Option.PreferLatin1EncodedFilename;

/**
 * Makes a form, `multipart/form-data`, without writing headers by hand (Qt: QFormDataBuilder, 6.8).
 *
 * ```ts
 * const image = new QFile('otter.png');
 * image.open(QIODevice.ReadOnly);
 * const builder = new QFormDataBuilder({ prompt: 'an otter wearing a beret', n: '2' });
 * builder.part('image').setBodyDevice(image, 'otter.png');
 * const reply = manager.post('https://example.org/images', builder.buildMultiPart());
 * ```
 *
 * Names go out as UTF-8; quotes, backslashes and control characters in them are escaped, so that they cannot be taken for anything else.
 * ASCII names are the safest (RFC 7578 5.1.1).
 */
export class QFormDataBuilder extends withEnums({ Option }) {
  #parts: QFormDataPartBuilder[] = [];

  /** An empty form or, not in Qt, one with these fields of text or bytes. */
  constructor(fields: Readonly<Record<string, BytesLike>> = {}) {
    super();
    for (const [name, value] of Object.entries(fields)) this.part(name).setBody(value);
  }

  /** Adds a field of this name; a name may be there several times. What it holds is set with the builder that comes back. */
  part(name: string): QFormDataPartBuilder {
    if (typeof name !== 'string') throw new TypeError(`QFormDataBuilder.part expects a name as a string; got a ${typeof name}.`);
    const builder = newPartBuilder(name);
    this.#parts.push(builder);
    return builder;
  }

  /**
   * The form of all fields so far; the builder is empty afterwards. `options` are flags of {@link QFormDataBuilder.Option} that say how
   * file names beyond ASCII are sent: by default raw in UTF-8, and as `filename*` beside it (RFC 8187).
   */
  buildMultiPart(options: QFormDataBuilder.Options = Option.Default): QHttpMultiPart {
    if (!Number.isInteger(options) || (options & ~ALL) !== 0)
      throw new TypeError(`QFormDataBuilder.buildMultiPart expects flags of QFormDataBuilder.Option; got ${String(options)}.`);
    const forms = {
      extended: (options & Option.OmitRfc8187EncodedFilename) === 0,
      percent: (options & Option.UseRfc7578PercentEncodedFilename) !== 0,
      latin1: (options & Option.PreferLatin1EncodedFilename) !== 0,
    };
    const form = new QHttpMultiPart(QHttpMultiPart.FormDataType);
    for (const builder of this.#parts) form.append(builtPart(builder, forms));
    this.#parts = [];
    return form;
  }
}

export declare namespace QFormDataBuilder {
  /** One flag. */
  type Option = EnumValue<typeof Option>;
  /** Flags of {@link QFormDataBuilder.Option} joined by `|`. */
  type Options = number;
}
