CREATE TABLE `call_listings` (
	`organizer_email` text PRIMARY KEY NOT NULL,
	`tried_at` integer NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`listed_at` integer,
	`decided_to` integer,
	`knowledge` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`last_error` text
) STRICT;
--> statement-breakpoint
CREATE TABLE `kept_calls` (
	`record` text PRIMARY KEY NOT NULL,
	`organizer_email` text NOT NULL,
	`meeting_code` text,
	`read_at` integer NOT NULL,
	FOREIGN KEY (`record`) REFERENCES `conference_records`(`name`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
CREATE TABLE `other_calls` (
	`name` text PRIMARY KEY NOT NULL,
	`space` text NOT NULL,
	`start_at` integer NOT NULL,
	`end_at` integer,
	`last_seen_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `other_calls_start` ON `other_calls` (`start_at`);--> statement-breakpoint
CREATE INDEX `other_calls_space` ON `other_calls` (`space`);