#!/bin/sh
# Makes Diffie-Hellman parameters next to this file: groups that are known, one with its order, and one that is too short.
set -e
cd "$(dirname "$0")"
openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out ffdhe2048.pem
openssl genpkey -genparam -algorithm DH -pkeyopt group:modp_2048 -out modp2048.pem
openssl dhparam -dsaparam -out ordered.pem 2048 2> /dev/null
openssl dhparam -out short.pem 512 2> /dev/null
