#pragma once
int schema_newest(void);
