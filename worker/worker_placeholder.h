#pragma once
int worker_placeholder(void);
