#!/bin/sh
# Makes the test certificates next to this file (valid for 100 years). The keys are public: they protect nothing.
set -e
cd "$(dirname "$0")"
DAYS=36500
new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1-key.pem"; }

new_key ca
openssl req -x509 -new -key ca-key.pem -sha256 -days $DAYS -subj '/CN=qnetwork test CA' -out ca.pem \
  -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign'

# leaf NAME SUBJECT_ALT_NAMES
leaf() {
  new_key "$1"
  openssl req -new -key "$1-key.pem" -subj "/CN=$1.test" -out "$1.csr"
  printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=%s\n' "$2" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -sha256 -days $DAYS -extfile "$1.ext" -out "$1.pem"
  rm "$1.csr" "$1.ext"
}
leaf good 'IP:127.0.0.1,IP:::1,DNS:localhost,DNS:good.test,DNS:*.good.test'
leaf wronghost 'DNS:elsewhere.test'
rm -f ca.srl

new_key selfsigned
openssl req -x509 -new -key selfsigned-key.pem -sha256 -days $DAYS -subj '/CN=selfsigned.test' -out selfsigned.pem \
  -addext 'subjectAltName=IP:127.0.0.1,DNS:localhost'
