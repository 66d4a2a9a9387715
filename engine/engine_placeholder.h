#pragma once
int engine_placeholder(void);
