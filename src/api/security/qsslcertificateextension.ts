import type { ExtensionField } from '../../rules/extension-fields.ts';
import { extensionValue, hasOwnValue } from './certificate-extensions.ts';
import { shortName } from './object-names.ts';

/** An extension that a certificate has. */
export let extensionFrom: (field: ExtensionField) => QSslCertificateExtension;

/**
 * An extension of a certificate (Qt: QSslCertificateExtension, 5.0). A value that does not change.
 *
 *     const constraints = certificate.extensions().find((one) => one.name() === 'basicConstraints');
 *     constraints?.value(); // { ca: true, pathLenConstraint: 0 }
 */
export class QSslCertificateExtension {
  #field: ExtensionField | null = null;

  static {
    extensionFrom = (field) => {
      const extension = new QSslCertificateExtension();
      extension.#field = field;
      return extension;
    };
  }

  /** An empty one, or a copy. Others come from {@link QSslCertificate.extensions}. */
  constructor(other?: QSslCertificateExtension) {
    if (other !== undefined) this.#field = other.#field;
  }

  /** What it is, in numbers: '2.5.29.19'. */
  oid(): string {
    return this.#field?.oid ?? '';
  }

  /** OpenSSL's short name: 'basicConstraints'; the numbers for one that has none. */
  name(): string {
    return shortName(this.oid());
  }

  /**
   * What it says. Objects: basicConstraints `{ ca, pathLenConstraint }`, authorityKeyIdentifier `{ keyid, serial }` (`keyid` is a Buffer of
   * hexadecimal digits), authorityInfoAccess `{ OCSP, caIssuers }`. subjectKeyIdentifier: 'A1:02'. These are as Qt wants them to
   * stay ({@link isSupported}). Others are as OpenSSL shows them: an object with the last value of each kind (subjectAltName), a
   * list (keyUsage, extendedKeyUsage), text, or text in a Buffer. One that is not known is a Buffer in DER, an empty one null.
   */
  value(): string | Buffer | readonly string[] | Readonly<Record<string, string | number | bigint | boolean | Buffer>> | null {
    return this.#field === null ? null : extensionValue(this.#field);
  }

  /** Who does not know it must not use the certificate. */
  isCritical(): boolean {
    return this.#field?.critical === true;
  }

  /** True where the form of the value is Qt's own and will stay: see {@link value}. Says nothing about whether it is heeded. */
  isSupported(): boolean {
    return this.#field !== null && hasOwnValue(this.#field.oid);
  }
}
