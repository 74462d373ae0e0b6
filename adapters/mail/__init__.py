"""Mail: what events ask for goes out by SMTP, or into a folder, and what guests answer comes in."""
