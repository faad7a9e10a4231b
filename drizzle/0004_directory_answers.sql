ALTER TABLE `directory_users` ADD `refused_since_at` integer;--> statement-breakpoint
ALTER TABLE `directory_users` ADD `ask_again` integer DEFAULT false NOT NULL;