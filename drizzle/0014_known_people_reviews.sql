-- Somebody known who was not expected may wait in the review queue by the rule of this version, where no rule of before asked.
INSERT OR IGNORE INTO `rebuilds` (`class_id`) SELECT `class_id` FROM `sessions` WHERE `id` IN (SELECT `session_id` FROM `attendance_logs` WHERE `person_id` IS NOT NULL AND `role` IN ('guest', 'observer'));
