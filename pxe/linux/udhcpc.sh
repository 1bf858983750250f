#!/bin/sh
# What udhcpc calls with a lease in its environment: address, route and name servers of the installer.
# shellcheck disable=SC2154 # udhcpc sets interface, ip, mask, router, dns
case ${1-} in
  deconfig)
    ip addr flush dev "$interface"
    ip link set "$interface" up
    ;;
  bound | renew)
    ip addr replace "$ip/${mask:-24}" dev "$interface"
    for gateway in ${router-}; do
      ip route replace default via "$gateway" dev "$interface"
      break
    done
    : >/etc/resolv.conf
    for server in ${dns-}; do echo "nameserver $server" >>/etc/resolv.conf; done
    ;;
esac
