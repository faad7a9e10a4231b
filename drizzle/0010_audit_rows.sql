ALTER TABLE `audit_log` ADD `rows` text;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `key_id` text;