#!/bin/sh
# Makes a certificate of the test authority that expired in 2021, next to this file. The key is public: it protects nothing.
set -e
cd "$(dirname "$0")"
CA=../../../support/certs
WORK=$(mktemp -d)
openssl ecparam -name prime256v1 -genkey -noout -out expired-key.pem
openssl req -new -key expired-key.pem -subj '/CN=expired.test' -out "$WORK/csr"
printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n' > "$WORK/ext"
: > "$WORK/index"
echo 01 > "$WORK/serial"
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index\nserial=%s/serial\nnew_certs_dir=%s\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' \
  "$WORK" "$WORK" "$WORK" > "$WORK/conf"
openssl ca -batch -config "$WORK/conf" -cert "$CA/ca.pem" -keyfile "$CA/ca-key.pem" -in "$WORK/csr" -extfile "$WORK/ext" \
  -startdate 20200101000000Z -enddate 20210101000000Z -notext -out expired.pem
rm -r "$WORK"
