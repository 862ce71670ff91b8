#!/bin/sh
# Makes the certificates of the examples next to this file (valid for 100 years). The keys are public: they protect nothing.
set -e
cd "$(dirname "$0")"
DAYS=36500
new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1-key.pem"; }

new_key authority
openssl req -x509 -new -key authority-key.pem -sha256 -days $DAYS -subj '/CN=Authority of the examples' -out authority.pem \
  -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign'

# leaf NAME EXTENSIONS
leaf() {
  new_key "$1"
  openssl req -new -key "$1-key.pem" -subj "/CN=$1" -out "$1.csr"
  printf 'basicConstraints=CA:FALSE\n%b' "$2" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority-key.pem -CAcreateserial -sha256 -days $DAYS -extfile "$1.ext" -out "$1.pem"
  rm "$1.csr" "$1.ext"
}
leaf localhost 'extendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost\n'
leaf ada 'extendedKeyUsage=clientAuth\n'
rm -f authority.srl authority-key.pem
