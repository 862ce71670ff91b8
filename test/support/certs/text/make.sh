#!/bin/sh
# Makes certificates with all kinds of fields next to this file, and what OpenSSL 3.0 prints for each. The keys are thrown away.
set -e
cd "$(dirname "$0")"
WORK=$(mktemp -d)
openssl ecparam -name prime256v1 -genkey -noout -out "$WORK/ec"

# make NAME OPTION...: a certificate and its text; Qt prints names as older versions of OpenSSL did
make() {
  name=$1
  shift
  openssl req -x509 -new -days 36500 -utf8 -out "$name.pem" "$@" 2> /dev/null
  openssl x509 -in "$name.pem" -noout -text -nameopt compat > "$name.txt"
}

make rich -key "$WORK/ec" -config rich.cnf
make timestamps -key "$WORK/ec" -config timestamps.cnf
make small -key "$WORK/ec" -subj '/CN=small.test' -set_serial 0x00ffaa
make negative -key "$WORK/ec" -subj '/CN=negative.test' -set_serial -5
make farnegative -key "$WORK/ec" -subj '/CN=farnegative.test' -set_serial -0x1122334455667788aabbcc
make rsa -newkey rsa:2048 -nodes -keyout "$WORK/key" -subj '/O=A, B & C/CN=rsa.test/emailAddress=post@rsa.test'
make pss -newkey rsa:2048 -nodes -keyout "$WORK/key" -subj '/CN=pss.test' -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32
make curve25519 -newkey ed25519 -nodes -keyout "$WORK/key" -subj '/CN=ed.test'
make koblitz -newkey ec -pkeyopt ec_paramgen_curve:secp256k1 -nodes -keyout "$WORK/key" -subj '/CN=koblitz.test'
rm -r "$WORK"
