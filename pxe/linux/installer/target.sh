#!/bin/sh
# Part of the installer: what the new system is given before it starts for the first time.

customise() {
  event customising started
  blockdev --rereadpt "$DISK" 2>/dev/null || partprobe "$DISK" 2>/dev/null
  sleep 1
  mount_root || fail no-root "no partition of the image looks like the root of a Linux system"
  seed_cloud_init
  setting HOST_NAME >"$TARGET/etc/hostname"
  install_agent
  sync
  umount "$TARGET" || fail not-unmounted "the new system's disk could not be closed"
  event customising 'done'
}

mount_root() {
  modprobe -qa ext4 xfs btrfs 2>/dev/null
  name=${DISK#/dev/}
  for dir in "/sys/block/$name/$name"* "/sys/block/$name"; do
    for type in ext4 xfs btrfs; do
      mount -t $type "/dev/${dir##*/}" "$TARGET" 2>/dev/null || continue
      if [ -d "$TARGET/etc" ] && { [ -e "$TARGET/sbin/init" ] || [ -L "$TARGET/sbin/init" ]; }; then
        say "the root of the new system is /dev/${dir##*/}, $type"
        return 0
      fi
      umount "$TARGET"
    done
  done
  return 1
}

# A seed on the disk needs no metadata service and no token on a kernel line.
seed_cloud_init() {
  [ -e "$TARGET/usr/bin/cloud-init" ] || return 0
  seed=$TARGET/var/lib/cloud/seed/nocloud
  mkdir -p "$seed" "$TARGET/etc/cloud/cloud.cfg.d"
  chmod 700 "$seed"
  for name in meta-data user-data vendor-data network-config; do
    get "$name" "$seed/$name" || fail no-seed "the file $name could not be fetched"
    chmod 600 "$seed/$name"
  done
  echo 'datasource_list: [ NoCloud, None ]' >"$TARGET/etc/cloud/cloud.cfg.d/99-octofleet.cfg"
}

install_agent() {
  mkdir -p "$TARGET/usr/local/lib/octofleet" "$TARGET/etc/octofleet"
  chmod 700 "$TARGET/etc/octofleet"
  agent=$TARGET/usr/local/lib/octofleet/agent.sh
  get agent.sh "$agent" || fail no-agent "the agent could not be fetched"
  chmod 755 "$agent"
  (umask 077 && get agent.conf "$TARGET/etc/octofleet/agent.conf") || fail no-agent "the agent's settings could not be fetched"
  if [ -d "$TARGET/usr/lib/systemd/system" ] || [ -d "$TARGET/lib/systemd/system" ]; then
    units=$TARGET/etc/systemd/system
    mkdir -p "$units/multi-user.target.wants"
    get octofleet-agent.service "$units/octofleet-agent.service" || fail no-agent "the agent's unit could not be fetched"
    ln -sf ../octofleet-agent.service "$units/multi-user.target.wants/octofleet-agent.service"
  elif [ -f "$TARGET/etc/inittab" ]; then
    # busybox init wants no id and no run levels, System V init wants both.
    case $(readlink "$TARGET/sbin/init") in
      *busybox*) entry='::respawn' ;;
      *) entry='of:2345:respawn' ;;
    esac
    echo "$entry:/usr/local/lib/octofleet/agent.sh" >>"$TARGET/etc/inittab"
  else
    fail no-init "the image has neither systemd nor an inittab, so nothing would start the agent"
  fi
}
