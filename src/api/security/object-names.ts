/**
 * Names of what certificates speak of, as OpenSSL calls it: a beginning, then its ends with a short name and, where it is another one,
 * a long name.
 */
const TABLE = `2.5.4:3=CN,4=SN,5=serialNumber,6=C,7=L,8=ST,9=street,10=O,11=OU,12=title,13=description,15=businessCategory,17=postalCode,\
42=GN,43=initials,44=generationQualifier,46=dnQualifier,65=pseudonym,97=organizationIdentifier
0.9.2342.19200300.100.1:1=UID,25=DC
1.2.840.113549.1.9:1=emailAddress
1.3.6.1.4.1.311.60.2.1:1=jurisdictionL,2=jurisdictionST,3=jurisdictionC
2.5.29:14=subjectKeyIdentifier=X509v3 Subject Key Identifier,15=keyUsage=X509v3 Key Usage,\
16=privateKeyUsagePeriod=X509v3 Private Key Usage Period,17=subjectAltName=X509v3 Subject Alternative Name,\
18=issuerAltName=X509v3 Issuer Alternative Name,19=basicConstraints=X509v3 Basic Constraints,\
30=nameConstraints=X509v3 Name Constraints,31=crlDistributionPoints=X509v3 CRL Distribution Points,\
32=certificatePolicies=X509v3 Certificate Policies,33=policyMappings=X509v3 Policy Mappings,\
35=authorityKeyIdentifier=X509v3 Authority Key Identifier,36=policyConstraints=X509v3 Policy Constraints,\
37=extendedKeyUsage=X509v3 Extended Key Usage,46=freshestCRL=X509v3 Freshest CRL,54=inhibitAnyPolicy=X509v3 Inhibit Any Policy
2.5.29.32:0=anyPolicy=X509v3 Any Policy
2.5.29.37:0=anyExtendedKeyUsage=Any Extended Key Usage
1.3.6.1.5.5.7.1:1=authorityInfoAccess=Authority Information Access,3=qcStatements,11=subjectInfoAccess=Subject Information Access,\
24=tlsfeature=TLS Feature
1.3.6.1.5.5.7.2:1=id-qt-cps=Policy Qualifier CPS,2=id-qt-unotice=Policy Qualifier User Notice
1.3.6.1.5.5.7.3:1=serverAuth=TLS Web Server Authentication,2=clientAuth=TLS Web Client Authentication,3=codeSigning=Code Signing,\
4=emailProtection=E-mail Protection,8=timeStamping=Time Stamping,9=OCSPSigning=OCSP Signing,17=ipsecIKE=ipsec Internet Key Exchange
1.3.6.1.5.5.7.48:1=OCSP,2=caIssuers=CA Issuers
1.3.6.1.5.5.7.48.1:5=noCheck=OCSP No Check
1.3.6.1.4.1.311:10.3.3=msSGC=Microsoft Server Gated Crypto,10.3.4=msEFS=Microsoft Encrypted File System,\
20.2.2=msSmartcardLogin=Microsoft Smartcard Login,20.2.3=msUPN=Microsoft User Principal Name
1.3.6.1.4.1.11129.2.4:2=ct_precert_scts=CT Precertificate SCTs,3=ct_precert_poison=CT Precertificate Poison
2.16.840.1.113730.1:1=nsCertType=Netscape Cert Type,13=nsComment=Netscape Comment
2.16.840.1.113730.4:1=nsSGC=Netscape Server Gated Crypto
1.2.840.113549.1.1:1=rsaEncryption,4=RSA-MD5=md5WithRSAEncryption,5=RSA-SHA1=sha1WithRSAEncryption,10=RSASSA-PSS=rsassaPss,\
11=RSA-SHA256=sha256WithRSAEncryption,12=RSA-SHA384=sha384WithRSAEncryption,13=RSA-SHA512=sha512WithRSAEncryption,\
14=RSA-SHA224=sha224WithRSAEncryption
1.2.840.10040.4:1=DSA=dsaEncryption,3=DSA-SHA1=dsaWithSHA1
1.2.840.10045:2.1=id-ecPublicKey,4.1=ecdsa-with-SHA1,4.3.1=ecdsa-with-SHA224,4.3.2=ecdsa-with-SHA256,4.3.3=ecdsa-with-SHA384,\
4.3.4=ecdsa-with-SHA512
1.3.101:110=X25519,111=X448,112=ED25519,113=ED448
1.3.14.3.2:26=SHA1=sha1
2.16.840.1.101.3.4:2.1=SHA256=sha256,2.2=SHA384=sha384,2.3=SHA512=sha512,3.2=dsa_with_SHA256`;

let table: ReadonlyMap<string, readonly [short: string, long: string]> | null = null;

function namesOf(oid: string): readonly [short: string, long: string] {
  table ??= new Map(
    TABLE.split('\n').flatMap((line) => {
      const [beginning = '', rest = ''] = line.split(':');
      return rest.split(',').map((entry) => {
        const [end = '', short = '', long = short] = entry.split('=');
        return [`${beginning}.${end}`, [short, long]] as const;
      });
    }),
  );
  return table.get(oid) ?? [oid, oid];
}

/** OpenSSL's short name; the numbers for what has none. */
export function shortName(oid: string): string {
  return namesOf(oid)[0];
}

/** OpenSSL's long name; the numbers for what has none. */
export function longName(oid: string): string {
  return namesOf(oid)[1];
}
