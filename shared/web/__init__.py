"""HTTP for every service: problems, commands, reads, sign-in, pages, contracts."""
