-- The flag of a log "unenrolled" is named "off_roster": a student who was there without standing on the roster.
UPDATE attendance_logs
SET flags = (
  SELECT json_group_array(flag)
  FROM (
    SELECT CASE value WHEN 'unenrolled' THEN 'off_roster' ELSE value END AS flag
    FROM json_each(attendance_logs.flags)
    ORDER BY flag
  )
)
WHERE flags LIKE '%"unenrolled"%';
