/**
 * Certificates that authorities should never have issued, as Qt lists them: serial number and common name, of the holder or of the
 * issuer. Break-ins at Comodo and DigiNotar (2011), authorities that were sold or made by mistake (Turktrust, ANSSI, NIC India), and
 * one that showed what MD5 is worth.
 */
const LISTED: ReadonlyMap<string, string> = new Map(
  `047ecbe9fca55f7bd09eae36e10cae1e mail.google.com
f5c86af36162f13a64f54f6dc9587c06 www.google.com
d7558fdaf5f1105bb213282b707729a3 login.yahoo.com
392a434f0e07df1f8aa305de34e0c229 login.yahoo.com
3e75ced46b693021218830ae86a82a71 login.yahoo.com
e9028b9578e415dc1a710a2b88154447 login.skype.com
9239d5348f40d1695a745470e1f23f43 addons.mozilla.org
b0b7133ed096f9b56fae91c874bd3ac0 login.live.com
d8f35f4eb7872b2dab0692e315382fb0 global trustee
05e2e6a4cd09ea54d665b075fe22a256 *.google.com
0c76da9c910c4e2c9efe15d058933c4c DigiNotar Root CA
f14a13f4872b56dc39df84ca7aa10649 DigiNotar Services CA
3616715543421b9de6cba36441df2438 DigiNotar Services 1024 CA
0a82bd1e144e8814d75b1a5527bebf3e DigiNotar Root CA G2
a4b6cee32ed33546263cb3553aa89221 CertiID Enterprise Certificate Authority
5bd5609c641768cf210e35fdfb05ad41 DigiNotar Qualified CA
469c2cb0 DigiNotar Services 1024 CA
0727100d DigiNotar Cyber CA
07270ff9 DigiNotar Cyber CA
07271003 DigiNotar Cyber CA
013169b0 DigiNotar PKIoverheid CA Overheid en Bedrijven
013134bf DigiNotar PKIoverheid CA Organisatie - G2
d6d02977f149fd1a83f2b9ea948c5cb4 DigiNotar Extended Validation CA
1e7d7a533d45304196400f71481f4504 DigiNotar Public CA 2025
469c2caf DigiNotar Root CA
469c3cc9 DigiNotar Root CA
072714a9 Digisign Server ID (Enrich)
4c0e636a Digisign Server ID - (Enrich)
72032105c50c08573d8ea5304efee8b0 UTN-USERFirst-Hardware
41 MD5 Collisions Inc. (http://www.phreedom.org/md5)
0827 *.EGO.GOV.TR
0864 e-islem.kktcmerkezbankasi.org
031da7 AC DG Trésor SSL
2783 NIC Certifying Authority
2792 NIC CA 2011
27b1 NIC CA 2014`
    .split('\n')
    .map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1)];
    }),
);

/** One of them. `serial` is hexadecimal in lower case, an even number of digits. */
export function isBlacklisted(serial: string, commonNames: () => readonly string[]): boolean {
  const name = LISTED.get(serial);
  return name !== undefined && commonNames().includes(name);
}
