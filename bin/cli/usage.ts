export const USAGE = `Octofleet deploys operating systems on machines that nobody touches.

  octofleet start                            the whole service (npm start)
  octofleet test                             all tests (npm test)

Files and images, against the running service:
  octofleet assets list
  octofleet assets add FILE --role ROLE      wimboot, winpe, winpe-curl, linux-kernel, linux-initrd, grub-localboot
  octofleet assets build linux-installer     built from Debian's packages, then added
      --hardware any|virtual               for which machines (any)
  octofleet image add FILE                   a catalogue entry and its file in one step
      --name NAME                            default: the file's name
      --kind wim|raw-disk                    default: by the file's name (.wim, .esd: wim)
      --edition ServerStandard …             wim: the edition, and
      --index N                              its number in the file

People and programs:
  octofleet tokens create NAME [--days N]    an API token, shown once; --days 0: never expires
  octofleet sign-in-link                     a link that signs in once, when nobody has a password yet or it is lost
  octofleet user password [NAME]             sets the password of a user (admin)

  --url URL --token TOKEN                    another service than the one on this machine
                                             (or OCTOFLEET_PUBLIC_URL and OCTOFLEET_API_TOKEN)`;
