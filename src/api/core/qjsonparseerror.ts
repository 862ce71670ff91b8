import { type EnumValue, makeEnum, withEnums } from './enums.ts';

const ParseError = makeEnum({
  NoError: 0,
  UnterminatedObject: 1,
  MissingNameSeparator: 2,
  UnterminatedArray: 3,
  MissingValueSeparator: 4,
  IllegalValue: 5,
  TerminationByNumber: 6,
  IllegalNumber: 7,
  IllegalEscapeSequence: 8,
  IllegalUTF8String: 9,
  UnterminatedString: 10,
  MissingObject: 11,
  DeepNesting: 12,
  DocumentTooLarge: 13,
  GarbageAtEnd: 14,
});

const TEXTS: Readonly<Record<number, string>> = {
  [ParseError.NoError]: 'no error occurred',
  [ParseError.UnterminatedObject]: 'unterminated object',
  [ParseError.MissingNameSeparator]: 'missing name separator',
  [ParseError.UnterminatedArray]: 'unterminated array',
  [ParseError.MissingValueSeparator]: 'missing value separator',
  [ParseError.IllegalValue]: 'illegal value',
  [ParseError.TerminationByNumber]: 'invalid termination by number',
  [ParseError.IllegalNumber]: 'illegal number',
  [ParseError.IllegalEscapeSequence]: 'invalid escape sequence',
  [ParseError.IllegalUTF8String]: 'invalid UTF8 string',
  [ParseError.UnterminatedString]: 'unterminated string',
  [ParseError.MissingObject]: 'object is missing after a comma',
  [ParseError.DeepNesting]: 'too deeply nested document',
  [ParseError.DocumentTooLarge]: 'too large document',
  [ParseError.GarbageAtEnd]: 'garbage at the end of the document',
};

/**
 * Says what was wrong with a JSON text and where (Qt: QJsonParseError, 5.0). Made empty and handed to {@link
 * QJsonDocument.fromJson} or {@link QRestReply.readJson}, which fill it.
 *
 *     const error = new QJsonParseError();
 *     if (QJsonDocument.fromJson('[1 2]', error).isNull()) console.log(error.errorString(), error.offset);
 */
export class QJsonParseError extends withEnums({ ParseError }) {
  #error: QJsonParseError.ParseError = ParseError.NoError;
  #offset = 0;

  /** One of {@link QJsonParseError.ParseError}; NoError until something went wrong. */
  get error(): QJsonParseError.ParseError {
    return this.#error;
  }
  set error(error: QJsonParseError.ParseError) {
    this.#error = error;
  }

  /** How many bytes had been read when the error was noticed; 0 without one. */
  get offset(): number {
    return this.#offset;
  }
  set offset(offset: number) {
    this.#offset = offset;
  }

  /** The error in words. Nothing of the text that was read is in it. */
  errorString(): string {
    return TEXTS[this.#error] ?? '';
  }
}

/** Types of the class's enums. */
export declare namespace QJsonParseError {
  type ParseError = EnumValue<typeof ParseError>;
}
