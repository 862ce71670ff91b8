#!/bin/sh
# Makes the certificates of all kinds of servers next to this file. The keys are public: they protect nothing.
set -e
cd "$(dirname "$0")"
WORK=$(mktemp -d)
HERE='IP:127.0.0.1,DNS:localhost,DNS:good.test,DNS:site.test,DNS:pre.test,DNS:sub.pre.test,DNS:www.test,DNS:*.www.test,DNS:other.test'
SERIAL=4096

# conf: what `openssl ca` needs, which unlike `openssl x509` takes dates
cat > "$WORK/conf" <<C
[ca]
default_ca=d
[d]
database=$WORK/index
serial=$WORK/serial
new_certs_dir=$WORK
default_md=sha256
policy=p
email_in_dn=no
[p]
countryName=optional
organizationName=optional
organizationalUnitName=optional
commonName=supplied
C

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1-key.pem"; }

# root NAME COMMON_NAME
root() {
  new_key "$1"
  openssl req -x509 -new -key "$1-key.pem" -sha256 -days 36500 -subj "/O=qnetwork/CN=$2" -out "$1.pem" \
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign'
}

# issue NAME SUBJECT ISSUER START END EXTENSION...
issue() {
  name=$1 subject=$2 issuer=$3 start=$4 end=$5
  shift 5
  new_key "$name"
  openssl req -new -key "$name-key.pem" -subj "$subject" -out "$WORK/csr"
  printf '%s\n' "$@" > "$WORK/ext"
  : > "$WORK/index"
  SERIAL=$((SERIAL + 1))
  printf '%x\n' $SERIAL > "$WORK/serial"
  openssl ca -batch -notext -config "$WORK/conf" -cert "$issuer.pem" -keyfile "$issuer-key.pem" -in "$WORK/csr" -out "$name.pem" \
    -startdate "$start" -enddate "$end" -extfile "$WORK/ext" 2> /dev/null
}

OLD='20190101000000Z 20200101000000Z'
NOW='20240101000000Z 20480101000000Z'
SOON='20470101000000Z 20480101000000Z'
SERVER='extendedKeyUsage=serverAuth,clientAuth'
LEAF='basicConstraints=critical,CA:FALSE'
CA='basicConstraints=critical,CA:TRUE'
SIGNS='keyUsage=critical,keyCertSign'

root ca 'qnetwork peers CA'
root otherca 'qnetwork unknown CA'
issue good '/C=DE/O=qnetwork/OU=peers/OU=tests/CN=good.test' ca $NOW "$LEAF" "$SERVER" "subjectAltName=$HERE,IP:::1,email:post@good.test"
issue wronghost '/CN=elsewhere.example' ca $NOW "$LEAF" "$SERVER" 'subjectAltName=DNS:elsewhere.example'
issue wildcard '/CN=wild.test' ca $NOW "$LEAF" "$SERVER" 'subjectAltName=DNS:*.wild.test'
issue expired '/CN=expired.test' ca $OLD "$LEAF" "$SERVER" "subjectAltName=$HERE"
issue future '/CN=future.test' ca $SOON "$LEAF" "$SERVER" "subjectAltName=$HERE"
issue clientonly '/CN=clientonly.test' ca $NOW "$LEAF" 'extendedKeyUsage=clientAuth' "subjectAltName=$HERE"
issue client '/CN=client-one' ca $NOW "$LEAF" "$SERVER"
issue untrusted '/CN=untrusted.test' otherca $NOW "$LEAF" "$SERVER" "subjectAltName=$HERE"
issue expiredwrong '/CN=elsewhere.example' otherca $OLD "$LEAF" "$SERVER" 'subjectAltName=DNS:elsewhere.example'
# an authority below the root, a server below that, and a server whose authority may have none below it
issue intermediate '/O=qnetwork/CN=qnetwork intermediate CA' ca $NOW "$CA,pathlen:0" "$SIGNS"
issue below '/CN=below.test' intermediate $NOW "$LEAF" "$SERVER" "subjectAltName=$HERE"
issue deeper '/O=qnetwork/CN=qnetwork deeper CA' intermediate $NOW "$CA" "$SIGNS"
issue deep '/CN=deep.test' deeper $OLD "$LEAF" "$SERVER" "subjectAltName=$HERE"
# issued by a server, which may not, and expired, which is all that OpenSSL tells in the end
issue forged '/CN=forged.test' good $OLD "$LEAF" "$SERVER" "subjectAltName=$HERE"
# one of those that must not be used: its serial number and its name are known
SERIAL=64
issue blacklisted '/CN=MD5 Collisions Inc. (http:\/\/www.phreedom.org\/md5)' ca $NOW "$LEAF" "$SERVER" "subjectAltName=$HERE"

new_key selfsigned
openssl req -x509 -new -key selfsigned-key.pem -sha256 -days 36500 -subj '/CN=selfsigned.test' -out selfsigned.pem -addext "subjectAltName=$HERE"
rm -r "$WORK"
