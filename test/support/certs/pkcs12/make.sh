#!/bin/sh
# Makes key stores next to this file, in PKCS #12 as programs of all ages write it. The pass phrase is `open`; nothing is secret.
set -e
cd "$(dirname "$0")"
PEERS=../peers
WORK=$(mktemp -d)
cat $PEERS/intermediate.pem $PEERS/ca.pem > "$WORK/above"

# store NAME OPTION...
store() {
  name=$1
  shift
  openssl pkcs12 -export -inkey $PEERS/below-key.pem -in $PEERS/below.pem -certfile "$WORK/above" -passout pass:open -out "$name.p12" "$@"
}

store aes256
store aes128 -keypbe aes-128-cbc -certpbe aes-192-cbc -macalg sha512 -iter 5000
store des3 -keypbe des-ede3-cbc -certpbe des-ede3-cbc -macalg sha384
store old -legacy
store oldest -legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-2DES
store plain -keypbe NONE -certpbe NONE
store rc4 -legacy -keypbe PBE-SHA1-RC4-128 -certpbe PBE-SHA1-RC4-128
store nochecksum -nomac
openssl pkcs12 -export -nokeys -in $PEERS/below.pem -passout pass:open -out nokey.p12
openssl pkcs12 -export -nocerts -inkey $PEERS/below-key.pem -passout pass:open -out nocertificate.p12
openssl pkcs12 -export -inkey $PEERS/below-key.pem -in $PEERS/below.pem -passout pass: -out nopassphrase.p12
openssl pkcs12 -export -legacy -inkey $PEERS/below-key.pem -in $PEERS/below.pem -passout pass:pässe -out umlaut.p12
rm -r "$WORK"
