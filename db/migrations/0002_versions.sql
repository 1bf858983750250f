-- A page applies a patch only when it is newer than what it shows, so every change of a deployment's row on screen has to
-- raise a number. The workflow's revision is not it: steps and percentages come from the machine. Row locks make each
-- counter rise by one per committed change, and a sum of such counters never stands still or falls.
alter table deployments add column version integer not null default 1;
alter table attempts add column version integer not null default 1;

create function raise_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;

create trigger deployments_version before update on deployments for each row execute function raise_version();
create trigger attempts_version before update on attempts for each row execute function raise_version();
