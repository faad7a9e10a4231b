CREATE TABLE `rebuilds` (
	`class_id` integer PRIMARY KEY NOT NULL,
	FOREIGN KEY (`class_id`) REFERENCES `classes`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
-- Presence in the call of a canceled class counts for it from now on. The margins of windows are 4 hours each at most.
INSERT INTO `rebuilds` (`class_id`) SELECT DISTINCT near.id FROM `classes` AS canceled JOIN `classes` AS near ON near.room_id = canceled.room_id AND near.start_at < canceled.end_at + 28800000 AND near.end_at > canceled.start_at - 28800000 WHERE canceled.canceled_at IS NOT NULL;--> statement-breakpoint
-- The next pass of the monitor looks at the classes of before, too, and gives a session to those that were canceled.
UPDATE `loop_passes` SET `succeeded_at` = NULL WHERE `name` = 'monitor';
