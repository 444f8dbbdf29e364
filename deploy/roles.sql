-- Run once by the superuser of a new server (psql: with these variables set). The owner migrates and makes the roles
-- that the application becomes; the application logs in as `sferum`, which owns nothing.
create role sferum_owner login nosuperuser createrole password :'owner_password';
create role sferum login nosuperuser nocreaterole nocreatedb password :'application_password';
create database sferum owner sferum_owner;
