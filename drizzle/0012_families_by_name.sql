CREATE INDEX `families_name` ON `families` (`name`);--> statement-breakpoint
CREATE INDEX `family_members_family` ON `family_members` (`family_id`);