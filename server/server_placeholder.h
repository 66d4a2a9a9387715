#pragma once
int server_placeholder(void);
